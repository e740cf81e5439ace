"""ZenML steps: they unpack artifacts, call `sentiment`, log and return. No policy lives here."""

from materializers import record  # noqa: F401  (every step's records are stored and shown by it)
