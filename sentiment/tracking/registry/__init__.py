"""The registered model: its versions, which of them is in production, and the lock for whoever changes that."""
