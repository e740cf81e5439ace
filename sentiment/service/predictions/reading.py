"""Reading a prediction log: a folder of segments, files of JSON lines that are only ever appended to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sentiment.service.predictions.record import Feedback, Prediction, decode

SEGMENTS = "*.jsonl"


@dataclass(frozen=True)
class Log:
    """What was found in a log.

    Attributes:
        predictions: In the order of their time; of two with one id, the first.
        feedback: In the order of its time.
        broken: Lines that are no record, as ``segment:line``; a service that was killed leaves half a line.
    """

    predictions: Sequence[Prediction]
    feedback: Sequence[Feedback]
    broken: Sequence[str]


def read_log(folder: Path, *, since: datetime | None = None) -> Log:
    """Read the segments of a log; nothing where there is no folder yet.

    Args:
        folder: Of the segments.
        since: Leave out predictions before it, a time with a zone. Feedback is kept: it comes later than what it is
            about.
    """
    predictions: dict[str, Prediction] = {}
    feedback, broken = [], []
    for segment in sorted(folder.glob(SEGMENTS)):
        with segment.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                try:
                    record = decode(line)
                except ValueError:
                    broken.append(f"{segment.name}:{number}")
                    continue
                if isinstance(record, Feedback):
                    feedback.append(record)
                elif since is None or record.time >= since:
                    predictions.setdefault(record.id, record)
    return Log(
        predictions=sorted(predictions.values(), key=lambda record: record.time),
        feedback=sorted(feedback, key=lambda record: record.time),
        broken=broken,
    )
