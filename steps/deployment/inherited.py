"""What servers in the background inherit from the process that starts them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sentiment.service.settings import TOKEN_VARIABLE
from stack_config.object_store import ACCOUNT
from steps.deployment.server import STOP_SECONDS

ROOT = Path(__file__).parents[2]
NOT_INHERITED = ("PORT", TOKEN_VARIABLE, *ACCOUNT)
"""By the project's own service: it listens on loopback, on a port that was chosen, and serves files that are here."""


@contextmanager
def server_environment() -> Iterator[None]:
    """Set what a server of ZenML's inherits, which finds this project by it."""
    inherited = {
        "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])),
        "UVICORN_ACCESS_LOG": "false",  # a log that grows with every request would fill the disk
        "UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN": str(STOP_SECONDS - 5),
        "MLFLOW_TRACKING_URI": "",  # it serves files that are here, and needs nobody's account
        "MLFLOW_TRACKING_USERNAME": "",
        "MLFLOW_TRACKING_PASSWORD": "",
        **dict.fromkeys(ACCOUNT, ""),
    }
    blackened = _blackened_store()
    before = {name: os.environ.get(name) for name in (*inherited, *blackened)}
    os.environ.update(inherited)
    for name in blackened:
        del os.environ[name]
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _blackened_store() -> list[str]:
    """Name the variables in which ZenML 0.98 hands its steps the address of its store, with asterisks for a key.

    A process that took them over would write the asterisks into ZenML's configuration, and no secret could be read.
    """
    if set(os.environ.get("ZENML_SECRETS_STORE_ENCRYPTION_KEY", "")) != {"*"}:
        return []
    return [name for name in os.environ if name.startswith(("ZENML_STORE_", "ZENML_SECRETS_STORE_"))]
