"""What customers said later, from a file."""

from __future__ import annotations

from datetime import datetime
from itertools import repeat
from pathlib import Path
from typing import NamedTuple

from sentiment.errors import InvalidReviewsError
from sentiment.phrases import some
from sentiment.reviews.csv_structure import read_table
from sentiment.reviews.schema import Schema
from sentiment.service.predictions import Feedback, Store, encode


class Added(NamedTuple):
    """How many labels were added, and how many of them are about predictions that are not in the log."""

    kept: int
    unknown: int


def add_labels(file: Path, log: Store, *, now: datetime, encoding: str = "utf-8") -> Added:
    """Add labels to a prediction log, all of them or none.

    Args:
        file: Any that reviews may be in, with the columns ``id`` and ``recommended``: 0 or 1, true or false, yes or no.
        log: Takes them.
        now: When they were said, as far as is known.
        encoding: Of a file of text.

    Raises:
        InputError: The file cannot be read, or the encoding is not known.
        InvalidReviewsError: It has other columns or values, damaged rows, or none; what is wrong is listed.
    """
    table = read_table(file, encoding=encoding, expected=["id", "recommended"])
    columns = table.columns()
    problems = list(table.problems)
    identities = [cell.strip() for cell in columns.get("id", [])]
    labels = Schema().labels(columns.get("recommended", []))
    rows = zip(table.numbers, identities, labels, strict=True)
    if wrong := [number for number, identity, label in rows if not isinstance(label, int) or not identity]:
        problems.append(f"rows {some(wrong)} have no id, or no 0 or 1 in 'recommended'; both expected")
    if problems or not columns:
        raise InvalidReviewsError(str(file), problems or ["there are no rows; an id and 0 or 1 expected in each"])
    known = {one.id for one in log.read().predictions}
    target = log.target()
    target.write([encode(Feedback(*said)) for said in zip(identities, repeat(now), map(bool, labels))])
    target.close()
    return Added(len(identities), sum(identity not in known for identity in identities))
