"""A server of this machine that shows a store in MLflow's pages."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import AbstractContextManager

from sentiment.service.foreground import running
from sentiment.service.loopback import HOST

PORT = 5000
"""MLflow's own default."""


def served(tracking_uri: str, port: int) -> AbstractContextManager[subprocess.Popen[bytes]]:
    """Show a store on a port of this machine, and nowhere else, until the body ends.

    Args:
        tracking_uri: Of a store that is no server itself.
        port: That nothing listens on.

    Returns:
        Gives the server's process, which answers; raises as `service.foreground.running`.
    """
    health = f"http://{HOST}:{port}/health"
    return running("MLflow's server", _command(port), _environment(tracking_uri), health)


def is_server(tracking_uri: str) -> bool:
    """Ask whether a store is a tracking server, which has pages of its own."""
    return tracking_uri.startswith(("http://", "https://"))


def _command(port: int) -> list[str]:
    names = [f"{name}:{port}" for name in (HOST, "localhost")]
    return [
        *(sys.executable, "-m", "mlflow", "server", "--host", HOST, "--port", str(port), "--workers", "1"),
        *("--allowed-hosts", ",".join(names)),
        *("--cors-allowed-origins", ",".join(f"http://{name}" for name in names)),
        "--no-serve-artifacts",  # nobody logs through it; a run's own files are shown all the same
    ]


def _environment(tracking_uri: str) -> dict[str, str]:
    return {
        **os.environ,
        "MLFLOW_BACKEND_STORE_URI": tracking_uri,  # not among the arguments: it may hold a password
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",  # five more processes, for the evaluation of language models
        "MLFLOW_TRACKING_URI": "",
    }
