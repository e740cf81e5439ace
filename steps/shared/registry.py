"""What the steps and commands need of the active stack's model registry."""

from __future__ import annotations

from zenml.integrations.mlflow.model_registries import MLFlowModelRegistry

from sentiment.tracking.registry.store import Registry
from steps.shared.stack import active_component
from steps.shared.tracking import run_store


def open_registry() -> Registry:
    """Open the registered model in the active stack's registry, with its credentials.

    Raises:
        ConfigError: The stack has no MLflow model registry, or no tracker, whose address and account it shares.
    """
    active_component("model_registry", MLFlowModelRegistry)
    return Registry(run_store().tracking_uri)
