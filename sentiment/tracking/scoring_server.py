"""MLflow's server of a model, behind this project's limits: what the stack's model deployer starts.

MLflow's own command takes bodies of any size and depth, reads CSV and Parquet by rules of their own, and answers what
goes wrong with tracebacks and with the whole request. So this module is run instead of it, as a process.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import mlflow.pyfunc
import uvicorn

from sentiment.errors import ServiceError
from sentiment.overrides import find
from sentiment.service.application.guard import Guard
from sentiment.service.application.limited import ROUTES, Limited
from sentiment.service.application.metrics import Metrics
from sentiment.service.predictions.writing import Nowhere, Writing
from sentiment.service.settings import Settings, limits_of
from sentiment.tracking.mlflow_overrides import APPLICATION

MODEL = "SENTIMENT_MLFLOW_MODEL"
"""Names the folder of the MLflow model, to the application that uvicorn makes."""
_NAME = "sentiment.tracking.scoring_server"


def command(model: Path, port: int) -> list[str]:
    """Give the command that serves a model on this machine alone.

    Args:
        model: Folder of the MLflow model.
        port: To listen on.
    """
    return [sys.executable, "-P", "-m", _NAME, str(model), str(port)]


def application() -> Guard:
    """Make the application that ``uvicorn --factory`` starts: MLflow's own, asked what is within the limits.

    The environment names the model, and the limits that differ from the defaults.

    Raises:
        ServiceError: MLflow's application cannot be made in the way that this project knows.
    """
    settings = Settings(limits=limits_of(os.environ))
    make = find(APPLICATION)
    if make is None:
        raise ServiceError(
            f"{APPLICATION.installed} has no {APPLICATION.name}({', '.join(APPLICATION.parameters or ())}), so its "
            f"server would run without limits. Install {APPLICATION.checked_with}, or use `deploy --to service`"
        )
    limited = Limited(make(mlflow.pyfunc.load_model(Path(os.environ[MODEL]).as_uri())), settings.limits)
    return Guard(limited, settings, Metrics(Writing(Nowhere())), ROUTES)


if __name__ == "__main__":
    os.environ[MODEL] = sys.argv[1]
    uvicorn.main(["--factory", f"{_NAME}:application", "--host", "localhost", "--port", sys.argv[2]])
