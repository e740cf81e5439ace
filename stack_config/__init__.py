"""One YAML a stack, in the format of ``zenml stack import``, and what registers them."""
