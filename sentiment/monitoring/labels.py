"""What customers said later, from a file."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from sentiment.errors import InputError
from sentiment.phrases import some
from sentiment.service.predictions import Feedback, Store, encode

_MEANING = {"1": True, "0": False, "true": True, "false": False, "yes": True, "no": False}


class Added(NamedTuple):
    """How many labels were added, and how many of them are about predictions that are not in the log."""

    kept: int
    unknown: int


def add_labels(file: Path, log: Store, *, now: datetime) -> Added:
    """Add labels to a prediction log, all of them or none.

    Args:
        file: A CSV with the columns ``id`` and ``recommended``: 0 or 1, true or false, yes or no.
        log: Takes them.
        now: When they were said, as far as is known.

    Raises:
        InputError: The file cannot be read, or has other columns or values; the first few are named.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.DictReader(lines))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{file} cannot be read: {error}") from error
    if not rows or not {"id", "recommended"} <= set(rows[0]):
        raise InputError(f"{file} has no rows with the columns 'id' and 'recommended'")
    said = [(row["id"] or "", _MEANING.get((row["recommended"] or "").strip().lower())) for row in rows]
    wrong = [f"row {number}" for number, (identity, value) in enumerate(said, start=1) if value is None or not identity]
    if wrong:
        raise InputError(f"{file}: {some(wrong)}: an id and 0 or 1 expected")
    known = {one.id for one in log.read().predictions}
    target = log.target()
    target.write([encode(Feedback(identity, now, bool(value))) for identity, value in said])
    target.close()
    return Added(len(said), sum(identity not in known for identity, _ in said))
