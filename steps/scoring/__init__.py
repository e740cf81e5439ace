"""Steps of the scoring pipeline."""
