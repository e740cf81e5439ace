"""What the steps and commands need of the active stack's model registry."""

from __future__ import annotations

from zenml.integrations.mlflow.model_registries import MLFlowModelRegistry
from zenml.model_registries.base_model_registry import ModelRegistryModelMetadata

from sentiment.tracking import MODEL_NAME
from sentiment.tracking.registry import Registry
from steps.stack import active_component
from steps.tracking import run_store


def open_registry() -> Registry:
    """Open the registered model in the active stack's registry, with its credentials."""
    return Registry(run_store().tracking_uri)


def create_version(model_uri: str, description: str, tags: dict[str, str]) -> str:
    """Create a version through the stack's registry component.

    Returns:
        Its number.

    Raises:
        ConfigError: The stack has no MLflow model registry.
    """
    created = active_component("model_registry", MLFlowModelRegistry).register_model_version(
        MODEL_NAME,
        model_source_uri=model_uri,
        description=description,
        metadata=ModelRegistryModelMetadata(**tags),
    )
    return str(created.version)
