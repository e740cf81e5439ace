"""One model server, whoever holds it."""

from __future__ import annotations

import time
from collections import deque
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import BaseModel

from sentiment.errors import ServiceError
from sentiment.service import processes
from sentiment.service.client import is_healthy

START_SECONDS = 120
STOP_SECONDS = 30
MLFLOW, SERVICE, ZENML = "mlflow", "service", "zenml"
"""What serves: MLflow's server, held by the stack's model deployer; the project's own application, as a process; or the
same, held by the stack's deployer.
"""
OWN = (SERVICE, ZENML)
"""The targets whose server is the project's own application."""
_TAKEN = "address already in use"
_LOG_LINES = 40
_POLL_SECONDS = 0.2


class PortTakenError(ServiceError):
    """Another program took the port between the look for a free one and the start; another port may be tried."""


class Server(BaseModel):
    """A model server that this project started.

    Attributes:
        service_id: An argument of its process names it; ZenML's id where ZenML holds the server.
        address: Where it answers, without a path.
        pid: Of the process that holds it.
        target: `MLFLOW`, `SERVICE` or `ZENML`.
    """

    service_id: UUID
    address: str
    pid: int
    log_file: Path
    version: str
    target: str = MLFLOW


def wait_until_healthy(server: Server) -> None:
    """Wait until a server answers: this one, and not another that took the port while it was starting.

    Raises:
        PortTakenError: Another program has the port.
        ServiceError: Its process ended, or it is not healthy after `START_SECONDS`; with its last log lines.
    """
    deadline = time.monotonic() + START_SECONDS
    port = urlsplit(server.address).port or 0
    while not (is_healthy(server.address) and processes.listens(server.pid, port)):
        try:
            require_alive(server, deadline)
        except ServiceError as error:
            if any(_TAKEN in line.lower() for line in last_lines(server.log_file)):
                raise PortTakenError(str(error)) from error
            raise
        time.sleep(_POLL_SECONDS)


def require_alive(server: Server, deadline: float) -> None:
    """Raise, as `wait_until_healthy` does, when a server ended or had long enough."""
    if not processes.runs(server.pid, named=str(server.service_id)):
        raise ServiceError(_failure(server, "ended before it was healthy"))
    if time.monotonic() > deadline:
        raise ServiceError(_failure(server, f"was not healthy after {START_SECONDS} s"))


def last_lines(log_file: Path, count: int = _LOG_LINES) -> list[str]:
    """Read the end of a server's log; nothing when it wrote none."""
    try:
        with log_file.open(encoding="utf-8", errors="replace") as log:
            return [line.rstrip("\n") for line in deque(log, maxlen=count)]
    except FileNotFoundError:
        return []


def _failure(server: Server, what: str) -> str:
    lines = "\n".join(f"    {line}" for line in last_lines(server.log_file))
    return f"the server of version {server.version} {what}; its last log lines:\n{lines}"
