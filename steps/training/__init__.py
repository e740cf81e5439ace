"""Steps of the training pipeline, one file each."""
