"""Writing the prediction log without ever making an answer wait.

Records are handed over in memory; a thread of its own writes what has come, several times a second. It is bounded:
where the disk is full or too slow, records are counted as lost, that is said once, and answers go on.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Sequence
from typing import Protocol

from sentiment.service.predictions.record import Feedback, Prediction, encode

MOST_WAITING = 100_000
SECONDS_BETWEEN_WRITES = 0.2
_logger = logging.getLogger(__name__)


class Target(Protocol):
    """Where records go; adding one is one file."""

    def write(self, lines: Sequence[bytes]) -> None:
        """Append lines; an `OSError` says that none of them was kept."""

    def close(self) -> None:
        """Write no more."""


class Nowhere:
    """Keeps nothing."""

    def write(self, lines: Sequence[bytes]) -> None:
        """Forget the lines."""

    def close(self) -> None:
        """Nothing to be done."""


class Writing:
    """Hands records to a target, in a thread of its own.

    Args:
        target: Where to.
        most_waiting: Records that may wait to be written; the next ones are lost.

    Attributes:
        lost: Records that were not kept.
    """

    def __init__(self, target: Target, *, most_waiting: int = MOST_WAITING) -> None:
        self.lost = 0
        self._target = target
        self._most_waiting = most_waiting
        self._waiting: deque[Prediction | Feedback] = deque()
        self._failing = False
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._run, name="prediction-log", daemon=True)

    @property
    def waiting(self) -> int:
        """How many records are not written yet."""
        return len(self._waiting)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def put(self, record: Prediction | Feedback) -> None:
        """Hand a record over; never waits."""
        if len(self._waiting) >= self._most_waiting:
            self.lost += 1
            return
        self._waiting.append(record)

    def close(self) -> None:
        """Write what is left, and stop."""
        self._ends.set()
        if self._thread.ident is not None:
            self._thread.join()
        self._target.close()

    def _run(self) -> None:
        while not self._ends.wait(SECONDS_BETWEEN_WRITES):
            self._write()
        self._write()

    def _write(self) -> None:
        records = [self._waiting.popleft() for _ in range(len(self._waiting))]
        if not records:
            return
        try:
            self._target.write([encode(record) for record in records])
        except Exception as error:  # whatever it is, the next records may be kept
            self.lost += len(records)
            if not self._failing:
                _logger.error("the prediction log cannot be written and loses records: %s", error)
            self._failing = True
        else:
            if self._failing:
                _logger.warning("the prediction log is written again; %s records were lost", f"{self.lost:,}")
            self._failing = False
