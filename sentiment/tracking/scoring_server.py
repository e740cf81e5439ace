"""MLflow's server of a model, behind this project's limits: what the stack's model deployer starts.

MLflow's own command takes bodies of any size and depth, reads CSV and Parquet by rules of their own, and answers what
goes wrong with tracebacks and with the whole request. So this module is run instead of it, as a process.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sentiment.errors import ServiceError
from sentiment.overrides import find
from sentiment.service.loopback import HOST
from sentiment.service.settings import Settings, hosts_of, limits_of
from sentiment.tracking.mlflow_overrides import APPLICATION

if TYPE_CHECKING:
    from sentiment.service.application.guard import Guard

_NAME = "sentiment.tracking.scoring_server"


def command(model: Path, port: int) -> list[str]:
    """Give the command that serves a model on this machine alone.

    Args:
        model: Folder of the MLflow model.
        port: To listen on.
    """
    return [sys.executable, "-P", "-m", _NAME, str(model), str(port)]


def application(model: Path, settings: Settings) -> Guard:
    """Make MLflow's own application, asked what is within the limits.

    Args:
        model: Folder of the MLflow model.
        settings: The limits, and the hosts that requests may be for.

    Raises:
        ServiceError: MLflow's application cannot be made in the way that this project knows.
    """
    import mlflow.pyfunc

    from sentiment.service.application.guard import Guard
    from sentiment.service.application.limited import ROUTES, Limited
    from sentiment.service.application.metrics import Metrics
    from sentiment.service.predictions.writing import Nowhere, Writing

    make = find(APPLICATION)
    if make is None:
        raise ServiceError(
            f"{APPLICATION.installed} has no {APPLICATION.name}({', '.join(APPLICATION.parameters or ())}), so its "
            f"server would run without limits. Install {APPLICATION.checked_with}, or use `deploy --to service`"
        )
    limited = Limited(make(mlflow.pyfunc.load_model(model.as_uri())), settings.limits)
    routes = {path: [method] for path, method in ROUTES.items()}
    return Guard(limited, settings, Metrics(Writing(Nowhere())), routes)


def main(model: Path, port: int) -> None:
    """Serve a model until SIGTERM; the environment has the limits that differ from the defaults, and host names.

    Args:
        model: Folder of the MLflow model.
        port: To listen on, at 127.0.0.1 only.

    Raises:
        ServiceError: As `application`.
    """
    from sentiment.service.application.server import Address, listen, run

    settings = Settings(limits=limits_of(os.environ), hosts=hosts_of(os.environ, (), others_reach_it=False))
    app = application(model, settings)
    run(app, settings.limits, listen(Address(HOST, port)), failures=[])


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
