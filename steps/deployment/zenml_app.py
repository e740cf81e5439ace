"""What ZenML's deployer starts in place of its own application: the project's service, in the same process."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn

from zenml.deployers.server import BaseDeploymentAppRunner

from steps.deployment.inherited import NOT_INHERITED, ROOT

_STORES = ("ZENML_STORE_", "ZENML_SECRETS_STORE_")


def become_the_service(app_runner: BaseDeploymentAppRunner, *, folder: str) -> NoReturn:
    """Go on as ``python run.py serve``, in the process that the deployer holds; an extension of ZenML's application.

    So a request makes no run, and nothing of ZenML is held in memory while it is answered. (A runner of our own would
    say the same with more words; ZenML 0.98 takes none, because its module is there twice where it is started.)

    Args:
        app_runner: Knows the deployment, and where it is to listen.
        folder: Has the version's files.
    """
    of_it = Path(folder)
    order = ["serve", "--model", str(of_it / "version"), "--host", str(app_runner.settings.uvicorn_host)]
    order += ["--port", str(app_runner.settings.uvicorn_port), "--started", str(of_it / str(app_runner.deployment.id))]
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in NOT_INHERITED and not name.startswith(_STORES)  # it needs nobody's database
    }
    os.chdir(ROOT)
    os.execve(sys.executable, [sys.executable, str(ROOT / "run.py"), *order], environment)  # noqa: S606
