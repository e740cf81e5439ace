"""A server of pages that somebody looks at: started, waited for, and ended with whoever started it."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import BinaryIO

import requests

from sentiment.errors import ServiceError
from sentiment.service import processes

START_SECONDS = 120
STOP_SECONDS = 10
_POLL_SECONDS = 0.2
_LOG_BYTES = 4_000


@contextmanager
def running(
    name: str, command: Sequence[str], environment: Mapping[str, str], health: str
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the body ends.

    Args:
        name: For people: "MLflow's server".
        command: Starts it.
        environment: Of its process.
        health: The address that answers when it is ready.

    Yields:
        Its process; it answers.

    Raises:
        ServiceError: It does not come to answer; the message has the end of its log.
    """
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(  # noqa: S603
            command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
        try:
            _wait_until_it_answers(name, process, health, log)
            yield process
        finally:
            processes.end(process.pid, process.terminate, patience=STOP_SECONDS)
            process.wait()


def _wait_until_it_answers(name: str, process: subprocess.Popen[bytes], health: str, log: BinaryIO) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _answers(health):
        if process.poll() is not None:
            raise ServiceError(f"{name} ended before it answered; the end of its log:\n{_end_of(log)}")
        if time.monotonic() > deadline:
            raise ServiceError(f"{name} did not answer in {START_SECONDS} s; the end of its log:\n{_end_of(log)}")
        time.sleep(_POLL_SECONDS)


def _answers(health: str) -> bool:
    try:
        return requests.get(health, timeout=2).ok
    except requests.RequestException:
        return False


def _end_of(log: BinaryIO) -> str:
    log.seek(0)
    return log.read()[-_LOG_BYTES:].decode(errors="replace").strip()
