"""Connections on which nothing arrives: closed after a time, and before they use up what the system allows."""

from __future__ import annotations

import ctypes
import math
import resource
from typing import Any

from sentiment.errors import ServiceError
from sentiment.overrides import Override, note

_OTHERS = 128
"""Files that a process has open beside its connections, and connections of this moment."""
_BETWEEN_TRIMS = 10.0
"""Seconds after which free memory is given back to the system; it takes some milliseconds."""

CONNECTIONS = Override(
    module="uvicorn.server",
    attribute="ServerState.connections",
    parameters=None,
    why="uvicorn waits forever for the first request of a connection, so idle ones must be found and closed",
    lost="the service ends with an error, because connections that wait could keep everybody else out",
    checked_with="uvicorn 0.54.0",
    of_instances=True,
    is_limit=True,
)
TRANSPORT = Override(
    module="uvicorn.protocols.http.h11_impl",
    attribute="H11Protocol.transport",
    parameters=None,
    why="it closes a connection that waits for too long",
    lost=CONNECTIONS.lost,
    checked_with="uvicorn 0.54.0",
    of_instances=True,
    is_limit=True,
)
NEWEST_REQUEST = Override(
    module="uvicorn.protocols.http.h11_impl",
    attribute="H11Protocol.cycle.response_complete",
    parameters=None,
    why="it says whether a connection waits for a request or for an answer",
    lost="every connection is closed when it is three times as old as the limit of seconds, in use or not",
    checked_with="uvicorn 0.54.0",
    of_instances=True,
    is_limit=True,
)
OVERRIDES = (CONNECTIONS, TRANSPORT, NEWEST_REQUEST)


class Idle:
    """Knows since when a connection has been waiting for a request, the first one or the next.

    Args:
        seconds: After so many a connection is closed, whether nothing arrived or a part of a request's head.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._since: dict[Any, tuple[object, float]] = {}
        self._trimmed = -math.inf

    def close_old(self, server: Any, now: float) -> None:
        """Close those that have waited for too long, and the oldest where there are too many.

        Args:
            server: uvicorn's, which has the connections.
            now: By a clock that is never set, in seconds.

        Raises:
            ServiceError: The installed uvicorn does not say which connections there are, or how to close them.
        """
        since: dict[Any, tuple[object, float]] = {}
        transports = _transports(server)
        patience = self._seconds
        for one in transports:
            try:
                newest = one.cycle
                waits = newest is None or newest.response_complete
            except AttributeError as error:
                note(NEWEST_REQUEST, str(error))
                newest, waits = None, True
                patience = 3 * self._seconds  # a head, a body and an answer may each take so long
            if waits:
                before, at = self._since.get(one, (None, now))
                since[one] = (newest, at if before is newest else now)
        self._since = since
        if now - self._trimmed >= _BETWEEN_TRIMS:
            self._trimmed = now
            _give_memory_back()
        too_many = len(transports) + _OTHERS - resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        oldest_first = sorted(since.items(), key=lambda pair: pair[1][1])
        for place, (one, (_, at)) in enumerate(oldest_first):
            if transports[one].is_closing() and now - at >= patience:
                transports[one].abort()  # its client does not take what it was sent
            elif place < too_many or now - at >= patience:
                transports[one].close()


def _transports(server: Any) -> dict[Any, Any]:
    """Give the transport of each connection that there is; raises as `Idle.close_old`."""
    needed = CONNECTIONS
    try:
        connections = server.server_state.connections
        needed = TRANSPORT
        return {one: one.transport for one in connections}
    except AttributeError as error:
        raise ServiceError(
            f"{needed.installed} does not let idle connections be closed ({error}), and these could keep everybody "
            f"else out. Install {needed.checked_with}"
        ) from error


def allow_many() -> None:
    """Let this process have as many files and connections open as the system allows it."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _give_memory_back() -> None:
    """Let the allocator return what is free: glibc's keeps the memory of many small pieces for itself."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # musl and macOS have none
    if trim is not None:
        trim(0)
