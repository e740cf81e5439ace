"""A server on this machine that speaks S3 and keeps objects in memory: for trying it out, and for tests."""
