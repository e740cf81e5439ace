"""Steps of the search pipeline."""
