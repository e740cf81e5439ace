"""Importing this keeps the process from opening any connection: what it is given of customers stays on this machine."""

from __future__ import annotations

import sys
from typing import Any

_CONNECTING = frozenset(
    ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "socket.sendmsg")
)


def _refuse(event: str, _arguments: tuple[Any, ...]) -> None:
    if event in _CONNECTING:
        raise PermissionError(f"{event} was tried; this program opens no connection")


sys.addaudithook(_refuse)
