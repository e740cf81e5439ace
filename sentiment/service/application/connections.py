"""Connections on which nothing arrives: closed after a time, and before they use up what the system allows."""

from __future__ import annotations

import resource
from collections.abc import Collection
from typing import Any

_OTHERS = 128
"""Files that a process has open beside its connections, and connections of this moment."""


class Idle:
    """Knows since when a connection has been waiting for a request, the first one or the next.

    Args:
        seconds: After so many a connection is closed, whether nothing arrived or a part of a request's head.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._since: dict[Any, tuple[object, float]] = {}

    def close_old(self, connections: Collection[Any], now: float) -> None:
        """Close those that have waited for too long, and the oldest where there are too many.

        Args:
            connections: uvicorn's; ``cycle`` is the newest request of each.
            now: By a clock that is never set, in seconds.
        """
        since: dict[Any, tuple[object, float]] = {}
        for one in connections:
            if one.cycle is None or one.cycle.response_complete:
                newest, at = self._since.get(one, (None, now))
                since[one] = (one.cycle, at if newest is one.cycle else now)
        self._since = since
        too_many = len(connections) + _OTHERS - resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        oldest_first = sorted(since.items(), key=lambda pair: pair[1][1])
        for place, (one, (_, at)) in enumerate(oldest_first):
            if place < too_many or now - at >= self._seconds:
                one.transport.close()


def allow_many() -> None:
    """Let this process have as many files and connections open as the system allows it."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
