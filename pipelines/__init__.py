"""Which step feeds which."""
