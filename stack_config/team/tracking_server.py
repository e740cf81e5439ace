"""MLflow's server with accounts, on this machine only: it keeps runs and versions in PostgreSQL, and serves files."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import time

import requests

from sentiment.errors import ServiceError
from sentiment.service.loopback import HOST, is_free
from stack_config.team.folder import TeamFolder
from stack_config.team.processes import Started, last_lines, stop

START_SECONDS = 120
_FIRST_PORT = 5050
_PROBE_SECONDS = 5.0
_POLL_SECONDS = 0.2


def start_tracking_server(folder: TeamFolder, port: int, database: str) -> Started:
    """Start the server; `wait_until_healthy` follows.

    Args:
        folder: Has the file of accounts; takes artifacts and the log.
        port: To listen on, at 127.0.0.1 only.
        database: Address of the one for runs and versions.
    """
    origins = [f"{HOST}:{port}", f"localhost:{port}"]
    command = [sys.executable, "-m", "mlflow", "server", "--app-name", "basic-auth"]
    command += ["--host", HOST, "--port", str(port), "--workers", "1"]
    command += ["--backend-store-uri", database, "--serve-artifacts"]
    command += ["--artifacts-destination", folder.artifacts.as_uri()]
    command += ["--allowed-hosts", ",".join(origins)]
    command += ["--cors-allowed-origins", ",".join(f"http://{origin}" for origin in origins)]
    with folder.mlflow_log.open("ab") as log:
        process = subprocess.Popen(  # noqa: S603
            command,
            cwd=folder.path,
            env=_environment(folder),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return Started.of(process.pid)


def wait_until_healthy(folder: TeamFolder, started: Started, address: str) -> None:
    """Wait for the server's first answer.

    Raises:
        ServiceError: It ended, or did not answer in `START_SECONDS`; the message has its last log lines.
    """
    deadline = time.monotonic() + START_SECONDS
    while not answers(address):
        ended = started.process() is None
        if ended or time.monotonic() > deadline:
            what = "ended before it answered" if ended else f"did not answer in {START_SECONDS} s"
            raise ServiceError(f"MLflow's server {what}; its last log lines:\n{last_lines(folder.mlflow_log)}")
        time.sleep(_POLL_SECONDS)


def stop_tracking_server(started: Started) -> bool:
    """Stop the server; requests in flight are finished."""
    return stop(started, with_signal=signal.SIGTERM)


def answers(address: str) -> bool:
    """Ask a tracking server whether it is there; no account is needed for that."""
    try:
        return requests.get(f"{address}/health", timeout=_PROBE_SECONDS).ok
    except requests.RequestException:
        return False


def free_port(wanted: int | None) -> int:
    """Give the port that is wanted if nobody has it, else the first free one."""
    for port in (wanted, *range(_FIRST_PORT, _FIRST_PORT + 100)):
        if port is not None and is_free(port):
            return port
    raise ServiceError(f"no port from {_FIRST_PORT} to {_FIRST_PORT + 99} is free on {HOST}")


def _environment(folder: TeamFolder) -> dict[str, str]:
    """What the server inherits: no account of ours, and a key for its cookies that lives as long as it does."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MLFLOW_")}
    return kept | {
        "MLFLOW_AUTH_CONFIG_PATH": str(folder.accounts_file),
        "MLFLOW_FLASK_SERVER_SECRET_KEY": secrets.token_urlsafe(32),
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        "MLFLOW_DISABLE_TELEMETRY": "true",
    }
