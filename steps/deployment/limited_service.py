"""ZenML's service of an MLflow server, whose server takes what is within the limits."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn

from zenml.integrations.mlflow.services.mlflow_deployment import MLFlowDeploymentService

from sentiment.errors import ServiceError
from sentiment.tracking.scoring_server import command


class LimitedDeploymentService(MLFlowDeploymentService):
    """Is started in a process of its own, which loads this class by its name; to ZenML it is its own service."""

    def run(self) -> NoReturn:
        """Serve until told to end, in place of this process: nothing of ZenML is held in memory meanwhile."""
        self.endpoint.prepare_for_start()
        if (port := self.endpoint.status.port) is None:
            raise ServiceError("ZenML found no free port for the server; `python run.py deploy` tries again")
        arguments = command(Path(self.config.model_uri), port)
        sys.stdout.flush()
        sys.stderr.flush()
        os.execv(sys.executable, arguments)  # noqa: S606
