"""A port for a server of this machine, and waiting until it answers there."""

from __future__ import annotations

import time
from pathlib import Path

import requests

from sentiment.errors import ServiceError
from sentiment.service.loopback import HOST, is_free
from stack_config.servers.processes import Started, last_lines

START_SECONDS = 120
_PROBE_SECONDS = 5.0
_POLL_SECONDS = 0.2
_TRIED = 100


def free_port(first: int, wanted: int | None) -> int:
    """Give the port that is wanted if nobody has it, else the first free one from `first` on."""
    if wanted is not None and is_free(wanted):
        return wanted
    for port in range(first, first + _TRIED):
        if is_free(port):
            return port
    raise ServiceError(f"no port from {first} to {first + _TRIED - 1} is free on {HOST}")


def wait_until_healthy(name: str, started: Started, health: str, log: Path) -> None:
    """Wait for a server's first answer.

    Args:
        name: Of the server, for people.
        started: Its process.
        health: The address that it answers when it is ready.
        log: Of its process.

    Raises:
        ServiceError: It ended, or did not answer in `START_SECONDS`; the message has its last log lines.
    """
    deadline = time.monotonic() + START_SECONDS
    while not answers(health):
        ended = started.process() is None
        if ended or time.monotonic() > deadline:
            what = "ended before it answered" if ended else f"did not answer in {START_SECONDS} s"
            raise ServiceError(f"{name} {what}; its last log lines:\n{last_lines(log)}")
        time.sleep(_POLL_SECONDS)


def answers(health: str) -> bool:
    """Ask a server whether it is there; no account is needed for that."""
    try:
        return requests.get(health, timeout=_PROBE_SECONDS).ok
    except requests.RequestException:
        return False
