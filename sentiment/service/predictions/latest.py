"""The latest predictions of a folder that may be very large: only the ends of its newest segments are read."""

from __future__ import annotations

import os
from pathlib import Path

from sentiment.service.predictions.reading import SEGMENTS
from sentiment.service.predictions.record import Prediction, decode

_SEGMENTS = 4
_BYTES = 2**18


def latest(folder: Path, count: int) -> list[Prediction]:
    """Read the latest predictions, newest first.

    Args:
        folder: Of the log; nothing is given where there is none yet.
        count: At most so many; fewer, too, where the records are very long.
    """
    found: dict[str, Prediction] = {}
    for segment in sorted(folder.glob(SEGMENTS), reverse=True)[:_SEGMENTS]:
        for line in _last_lines(segment):
            try:
                record = decode(line)
            except ValueError:  # half a line of a service that was killed; `predictions` counts them
                continue
            if isinstance(record, Prediction):
                found[record.id] = record
    return sorted(found.values(), key=lambda record: record.time, reverse=True)[:count]


def _last_lines(segment: Path) -> list[bytes]:
    try:
        with segment.open("rb") as file:
            start = max(0, file.seek(0, os.SEEK_END) - _BYTES)
            file.seek(start)
            lines = file.read().splitlines()
    except FileNotFoundError:  # its time was over in this moment
        return []
    return lines[1:] if start else lines
