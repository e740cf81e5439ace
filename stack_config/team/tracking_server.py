"""MLflow's server with accounts, on this machine only: it keeps runs and versions in PostgreSQL, and serves files."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys

from sentiment.service.loopback import HOST
from stack_config.servers.processes import Started, stop
from stack_config.team.folder import TeamFolder

FIRST_PORT = 5050


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


def stop_tracking_server(started: Started) -> bool:
    """Stop the server; requests in flight are finished."""
    return stop(started, with_signal=signal.SIGTERM)


def health(address: str) -> str:
    """Give the address that a tracking server answers without an account."""
    return f"{address}/health"


def _environment(folder: TeamFolder) -> dict[str, str]:
    """What the server inherits: no account of ours, and a key for its cookies that lives as long as it does."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MLFLOW_")}
    return kept | {
        "MLFLOW_AUTH_CONFIG_PATH": str(folder.accounts_file),
        "MLFLOW_FLASK_SERVER_SECRET_KEY": secrets.token_urlsafe(32),
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        "MLFLOW_DISABLE_TELEMETRY": "true",
    }
