"""A whole tracking server on this machine: MLflow with accounts, PostgreSQL behind it. For trying and for tests."""
