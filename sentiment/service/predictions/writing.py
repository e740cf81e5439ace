"""Writing the prediction log without ever making an answer wait.

Records are handed over in memory; a thread of its own writes what has come, several times a second. Where the disk is
full or the database away they wait, as many as there is room for, and are written when it is back; what comes beyond
that is counted as lost. Both are said once, and answers go on.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections import deque
from collections.abc import Sequence
from typing import Protocol

from sentiment.service.predictions.record import Feedback, Prediction, encode

MOST_WAITING = 100_000
MOST_WAITING_BYTES = 64 * 2**20
SECONDS_BETWEEN_WRITES = 0.2
SECONDS_BETWEEN_TRIES = 1.0
CLOSE_SECONDS = 3.0
"""That the last records have to be written in, so that a disk or a database that hangs does not keep a service."""
SECONDS_BETWEEN_TIDYING = 3600.0
_AT_ONCE = 5_000
_logger = logging.getLogger(__name__)


class Target(Protocol):
    """Where records go; adding one is one file."""

    def write(self, lines: Sequence[bytes]) -> None:
        """Keep lines; an `OSError` says that none was kept, and may be later; any other error, that they never will."""

    def tidy(self) -> None:
        """Delete what is older than it may be, whether or not anything is written."""

    def close(self) -> None:
        """Write no more."""


class Nowhere:
    """Keeps nothing."""

    def write(self, lines: Sequence[bytes]) -> None:
        """Forget the lines."""

    def tidy(self) -> None:
        """Nothing is kept."""

    def close(self) -> None:
        """Nothing to be done."""


class Writing:
    """Hands records to a target, in a thread of its own.

    Args:
        target: Where to.
        most_waiting: Records that may wait to be written; the next ones are lost.
        most_bytes: That their texts may have together; the next ones are lost.
        tidy_after: Seconds after which the target is tidied, again and again.

    Attributes:
        lost: Records that were not kept.
        failing: Whether the last try to write did not succeed.
    """

    def __init__(
        self,
        target: Target,
        *,
        most_waiting: int = MOST_WAITING,
        most_bytes: int = MOST_WAITING_BYTES,
        tidy_after: float = SECONDS_BETWEEN_TIDYING,
    ) -> None:
        self.lost, self.failing = 0, False
        self._target = target
        self._most_waiting, self._most_bytes, self._tidy_after = most_waiting, most_bytes, tidy_after
        self._bytes = 0  # begun anew with each write, so that two threads that add at once lose nothing for long
        self._waiting: deque[Prediction | Feedback] = deque()
        self._held: list[bytes] = []
        self._held_bytes = self._told_lost = 0
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._run, name="prediction-log", daemon=True)

    @property
    def waiting(self) -> int:
        """How many records are not written yet."""
        return len(self._waiting) + len(self._held)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def put(self, record: Prediction | Feedback) -> None:
        """Hand a record over; never waits."""
        size = _size(record)
        if self.waiting >= self._most_waiting or self._bytes + self._held_bytes + size > self._most_bytes:
            self.lost += 1
            return
        self._bytes += size
        self._waiting.append(record)

    def close(self) -> None:
        """Write what is left, within `CLOSE_SECONDS`, and stop; what cannot be written is counted as lost."""
        self._ends.set()
        if self._thread.ident is not None:
            self._thread.join(CLOSE_SECONDS)
            if self.waiting:
                self.lost += self.waiting
                _logger.error("%s records were not written to the prediction log", f"{self.waiting:,}")
        if self._thread.is_alive():
            return
        try:
            self._target.close()
        except OSError as error:
            _logger.error("the end of the prediction log may not be on the disk: %s", error)

    def _run(self) -> None:
        tidied = time.monotonic()
        while not self._ends.wait(SECONDS_BETWEEN_TRIES if self.failing else SECONDS_BETWEEN_WRITES):
            self._write()
            if time.monotonic() - tidied >= self._tidy_after:
                self._tidy()
                tidied = time.monotonic()
        self._write()

    def _tidy(self) -> None:
        try:
            self._target.tidy()
        except Exception as error:  # it is tried again; records go on being kept
            _logger.error("what is too old cannot be deleted from the prediction log: %s", error)

    def _write(self) -> None:
        taken = [self._waiting.popleft() for _ in range(len(self._waiting))]
        self._bytes = 0
        try:
            self._held += [encode(record) for record in taken]
        except Exception as error:  # whatever it is, the next records may be kept
            self._lose(len(taken), error)
        while self._held:
            self._held_bytes = sum(map(len, self._held))
            lines = self._held[:_AT_ONCE]
            try:
                self._target.write(lines)
            except OSError as error:
                self._fail(error)
                return
            except Exception as error:
                self._lose(len(lines), error)
            else:
                if self.failing:
                    _logger.warning("the prediction log is written again; %s records were lost", f"{self.lost:,}")
                self.failing = False
            del self._held[: len(lines)]
        self._held_bytes = 0

    def _lose(self, count: int, error: Exception) -> None:
        self.lost += count
        _logger.error("the prediction log lost %s records: %s", f"{count:,}", error)

    def _fail(self, error: OSError) -> None:
        """Say that nothing can be written, and later that there is no more room to wait in; each once."""
        if not self.failing:
            self._told_lost = self.lost
            _logger.error("the prediction log cannot be written, and records wait: %s", error)
        elif self.lost > self._told_lost:
            self._told_lost = sys.maxsize
            _logger.error("the prediction log cannot be written, too many records wait, and more are lost: %s", error)
        self.failing = True


def _size(record: Prediction | Feedback) -> int:
    """Give the bytes of the texts of a record, which alone can be large."""
    if isinstance(record, Feedback):
        return 0
    return sum(sys.getsizeof(text) for text in (record.review, record.title) if text)
