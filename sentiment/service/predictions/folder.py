"""The prediction log as a folder of segments: files of JSON lines appended to, replaced, dropped.

A lock on the folder is held for each append and while somebody forgets records, so that neither sees half of the
other's work.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO
from uuid import uuid4

from filelock import FileLock

from sentiment.atomic import write_atomically
from sentiment.service.predictions.clock import Clock
from sentiment.service.predictions.latest import latest
from sentiment.service.predictions.reading import SEGMENTS, Log, read_log
from sentiment.service.predictions.record import Feedback, Prediction, decode

SEGMENT_BYTES = 16 * 2**20
SEGMENT_AGE = timedelta(hours=1)
RETENTION = timedelta(days=30)
_LOCK = ".lock"


class Segments:
    """A folder that keeps predictions; see `store.Store`.

    Args:
        path: Of the folder; it need not be there yet.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def __str__(self) -> str:
        return str(self._path)

    def target(self) -> Folder:
        """Give what a service writes to."""
        return Folder(self._path)

    def read(self, *, since: datetime | None = None) -> Log:
        """Read everything; see `store.Store`."""
        return read_log(self._path, since=since)

    def latest(self, count: int) -> list[Prediction]:
        """Read the latest predictions; see `store.Store`."""
        return latest(self._path, count)

    def forget(self, identities: Collection[str], *, before: datetime | None = None) -> int:
        """Delete predictions and their feedback; see `store.Store`."""
        named = set(identities)
        if before is not None:
            named |= {one.id for one in read_log(self._path).predictions if one.time < before}
        return forget(self._path, lambda one: one.id in named)


class Folder:
    """Appends to a segment of its own, and begins a new one when that is large or old.

    Args:
        path: Of the folder; it is made, for its owner alone: what customers wrote lies there.
        segment_bytes: From here on a new segment is begun.
        retention: Segments whose last record is older are deleted.
        clock: Tells the time.
    """

    def __init__(
        self,
        path: Path,
        *,
        segment_bytes: int = SEGMENT_BYTES,
        retention: timedelta = RETENTION,
        clock: Clock | None = None,
    ) -> None:
        self._path, self._segment_bytes, self._retention = path, segment_bytes, retention
        self._clock = clock or Clock()
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._begun = self._clock.elapsed()
        self._file: IO[bytes] | None = None

    def write(self, lines: Sequence[bytes]) -> None:
        """Append lines; see `writing.Target`. What was written in part is taken back, so that no half line stays."""
        with locked(self._path):
            file = self._segment()
            before = file.tell()
            try:
                written = b"".join(line + b"\n" for line in lines)
                if file.write(written) != len(written):  # the next write would say why
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            except OSError:
                os.ftruncate(file.fileno(), before)
                raise

    def tidy(self) -> None:
        """Delete the segments that are older than they may be; see `writing.Target`.

        Raises:
            OSError: The clock was set meanwhile, so that nobody knows how old they are.
        """
        if changed := self._clock.changed():
            raise OSError(f"the clock was set by {changed} while this ran; started again, it is believed")
        with locked(self._path):
            drop_old(self._path, before=self._clock.now() - self._retention)

    def close(self) -> None:
        """Put what was written on the disk."""
        if self._file is not None:
            os.fsync(self._file.fileno())
            self._file.close()

    def _segment(self) -> IO[bytes]:
        """Give the segment to append to; a new one when there is none, or it is large, old, or was forgotten."""
        elapsed = self._clock.elapsed()
        if self._file is not None:
            status = os.fstat(self._file.fileno())
            is_there = status.st_nlink > 0
            if is_there and status.st_size < self._segment_bytes and elapsed - self._begun < SEGMENT_AGE:
                self._file.seek(0, os.SEEK_END)
                return self._file
            self._file.close()
        now = self._clock.now()
        if not self._clock.changed():
            drop_old(self._path, before=now - self._retention)
        self._begun = elapsed
        path = self._path / f"{now:%Y%m%dT%H%M%S%f}-{os.getpid()}-{uuid4().hex[:8]}.jsonl"
        self._file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb", buffering=0)
        return self._file


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep others from writing to a log's segments."""
    with FileLock(folder / _LOCK):
        yield


def drop_old(folder: Path, *, before: datetime) -> int:
    """Delete the segments that were last written to before a time; gives their number."""
    old = [path for path in folder.glob(SEGMENTS) if path.stat().st_mtime < before.timestamp()]
    for path in old:
        path.unlink()
    return len(old)


def forget(folder: Path, unwanted: Callable[[Prediction | Feedback], bool]) -> int:
    """Take records out of a log for good, lines that cannot be read as well where a segment is written anew.

    A service that writes to the log goes on in a new segment.

    Args:
        folder: Of the log.
        unwanted: Tells which.

    Returns:
        How many were taken out.
    """
    forgotten = 0
    with locked(folder):
        for path in sorted(folder.glob(SEGMENTS)):
            kept, dropped = [], 0
            for line in path.read_bytes().splitlines():
                try:
                    record = decode(line)
                except ValueError:
                    continue
                if unwanted(record):
                    dropped += 1
                else:
                    kept.append(line + b"\n")
            if not dropped:
                continue
            if kept:
                write_atomically(path, b"".join(kept).decode())
            else:
                path.unlink()
            forgotten += dropped
    return forgotten
