"""Steps of the deployment pipeline, and the servers that they start."""
