"""MLflow's server of a model, behind this project's limits: what the stack's model deployer starts."""

from __future__ import annotations

import os
from typing import Any

import mlflow.pyfunc.scoring_server

from sentiment.service.application.guard import Guard
from sentiment.service.application.limited import ROUTES, Limited
from sentiment.service.application.metrics import Metrics
from sentiment.service.predictions.writing import Nowhere, Writing
from sentiment.service.settings import Settings, limits_of

server: Any = mlflow.pyfunc.scoring_server  # the name of the variable below is no part of its interface


def application() -> Guard:
    """Make the application that ``uvicorn --factory`` starts: MLflow's own, asked what is within the limits.

    The environment says which model, as MLflow's ``serve`` sets it, and the limits that differ from the defaults.
    """
    settings = Settings(limits=limits_of(os.environ))
    model = server.load_model_with_mlflow_config(os.environ[server._SERVER_MODEL_PATH])
    limited = Limited(server.init(model), settings.limits)
    return Guard(limited, settings, Metrics(Writing(Nowhere())), ROUTES)
