"""A model behind an address: what it takes and gives, who asks it, which server is current, processes and ports.

Knows the pair and HTTP. MLflow and ZenML, which also start servers, do not come in here.
"""
