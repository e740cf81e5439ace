"""What a tampered model would have MLflow import; `test_tampering` asserts that nobody does."""
