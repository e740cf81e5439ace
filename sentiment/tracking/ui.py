"""A server of this machine that shows a store in MLflow's pages."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

import requests

from sentiment.errors import ServiceError
from sentiment.service import processes
from sentiment.service.loopback import HOST

PORT = 5000
"""MLflow's own default."""
START_SECONDS = 120
STOP_SECONDS = 10
_POLL_SECONDS = 0.2
_LOG_BYTES = 4_000


@contextmanager
def served(tracking_uri: str, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Show a store on a port of this machine, and nowhere else, until the body ends.

    Args:
        tracking_uri: Of a store that is no server itself.
        port: That nothing listens on.

    Yields:
        The server's process; it answers.

    Raises:
        ServiceError: It does not come to answer; the message has the end of its log.
    """
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(  # noqa: S603
            _command(port), env=_environment(tracking_uri), stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
        try:
            _wait_until_it_answers(process, port, log)
            yield process
        finally:
            _stop(process)


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


def _wait_until_it_answers(process: subprocess.Popen[bytes], port: int, log: BinaryIO) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _answers(port):
        if process.poll() is not None:
            raise ServiceError(f"MLflow's server ended before it answered; the end of its log:\n{_end_of(log)}")
        if time.monotonic() > deadline:
            raise ServiceError(
                f"MLflow's server did not answer in {START_SECONDS} s; the end of its log:\n{_end_of(log)}"
            )
        time.sleep(_POLL_SECONDS)


def _answers(port: int) -> bool:
    try:
        return requests.get(f"http://{HOST}:{port}/health", timeout=2).ok
    except requests.RequestException:
        return False


def _end_of(log: BinaryIO) -> str:
    log.seek(0)
    return log.read()[-_LOG_BYTES:].decode(errors="replace").strip()


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End a server with all its processes: MLflow's command, and the server that it started."""
    processes.end(process.pid, process.terminate, patience=STOP_SECONDS)
    process.wait()
