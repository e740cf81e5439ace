"""What `python run.py stack up` starts on this machine: the parts that every such server has."""
