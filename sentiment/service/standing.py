"""What monitoring last said, in a small file: monitoring writes it, and the service shows it among its metrics."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import msgspec

from sentiment.atomic import write_atomically

STATES = ("ok", "alarm", "unknown")


class Standing(msgspec.Struct, frozen=True):
    """The newest window that was judged.

    Attributes:
        state: One of `STATES`.
        version: Of the registered model.
        judged: When, UTC.
    """

    state: str
    version: str
    judged: datetime


def standing_beside(history: Path) -> Path:
    """Name the file beside the history of all windows."""
    return history.with_suffix(".standing.json")


def write_standing(path: Path, standing: Standing) -> None:
    """Write it whole; raises OSError where that cannot be done."""
    write_atomically(path, msgspec.json.encode(standing))


def read_standing(path: Path) -> Standing | None:
    """Read it; None where nothing was judged yet, or where what lies there is something else."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Standing)
    except (OSError, msgspec.MsgspecError):
        return None
