"""What the steps of several pipelines use: the active stack and its tracker and registry, progress, overrides."""
