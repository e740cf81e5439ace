"""ZenML steps: they unpack artifacts, call `sentiment`, log and return. No policy lives here."""
