"""ZenML's service of an MLflow server, whose server takes what is within the limits."""

from __future__ import annotations

from zenml.integrations.mlflow.services.mlflow_deployment import MLFlowDeploymentService

from sentiment.tracking.mlflow_overrides import serving_within_limits


class LimitedDeploymentService(MLFlowDeploymentService):
    """Is started in a process of its own, which loads this class by its name; to ZenML it is its own service."""

    def run(self) -> None:
        """Serve until told to end."""
        with serving_within_limits():
            super().run()
