"""How this project's artifacts are stored and shown."""
