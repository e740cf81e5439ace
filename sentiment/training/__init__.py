"""What is trained, and where it came from: candidates, the training configuration, the lineage of a model.

Knows families and recipes by name. Who records a training does not come in here: that is `tracking`.
"""
