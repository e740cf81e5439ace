"""The time, and whether somebody set the clock meanwhile: what is deleted for its age must really have it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

_TOLERANCE = timedelta(minutes=10)
"""More than clocks drift apart in months."""
_STEADY = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # it goes on while a laptop sleeps


def _steady() -> float:
    return time.clock_gettime(_STEADY)


class Clock:
    """Compares the clock that people set with one that nobody can.

    Args:
        wall: Gives seconds since 1970 by the first.
        steady: Gives seconds since any time by the second.
    """

    def __init__(self, wall: Callable[[], float] = time.time, steady: Callable[[], float] = _steady) -> None:
        self._wall, self._steady = wall, steady
        self._began = wall(), steady()

    def now(self) -> datetime:
        """Give the time by the clock that people set, UTC."""
        return datetime.fromtimestamp(self._wall(), UTC)

    def elapsed(self) -> timedelta:
        """Give the time since this was made, however the clock was set."""
        return timedelta(seconds=self._steady() - self._began[1])

    def changed(self) -> timedelta | None:
        """Give by how much the clock was set since this was made; None where it was not."""
        found = timedelta(seconds=round(self._wall() - self._began[0])) - self.elapsed()
        return timedelta(seconds=round(found.total_seconds())) if abs(found) > _TOLERANCE else None
