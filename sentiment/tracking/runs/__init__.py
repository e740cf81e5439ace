"""The runs of the experiment: one parent a training, one child a candidate, and the model in MLflow's format."""
