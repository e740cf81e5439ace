"""Scoring a file that somebody brought: the project's own reader and the service, a part at a time."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from sentiment.errors import InputError, InvalidReviewsError
from sentiment.reviews.csv_structure import Table, read_table
from sentiment.reviews.proposal import ROWS, propose
from sentiment.reviews.schema import Schema
from sentiment.scoring.writing import inert, named_apart
from sentiment.service.answers import unscorable
from sentiment.webapp.client import REVIEWS_A_REQUEST, Service

ADDED = ("row", "probability", "recommended", "known_words", "reason")
"""Columns that scoring adds."""


@dataclass(frozen=True)
class Columns:
    """Which columns of a file a model reads.

    Attributes:
        text: Of the review.
        title: Of the title; None where there is none.
    """

    text: str
    title: str | None


@dataclass(frozen=True)
class Upload:
    """A file, as far as it could be read.

    Attributes:
        table: Its rows, and what is wrong with those that are left out.
        columns: Those that the schema names, where the file has them; else a guess that a person must agree to, if
            there is one.
        missing: What the file lacks of the schema; None where it has all.
    """

    table: Table
    columns: Columns | None
    missing: str | None


def read_upload(content: bytes, *, name: str, encoding: str, schema: Schema) -> Upload:
    """Read a file of any format that the project reads; labels are not needed.

    Args:
        content: Of the file.
        name: Of the file, for messages.
        encoding: Of its text.
        schema: That the served version was trained with.

    Raises:
        InputError: It cannot be read.
        InvalidReviewsError: It is no file of reviews, or none of its rows is in order; every problem is listed.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "uploaded"
        path.write_bytes(content)
        try:
            table, missing = _table(path, encoding, schema)
        except InvalidReviewsError as error:
            raise InvalidReviewsError(name, error.problems) from error
    if taken := [one for one in ADDED if one in table.header]:
        raise InputError(f"{name} has columns {', '.join(taken)}, which scoring adds; rename them, or leave them out")
    if not table.rows:
        raise InvalidReviewsError(name, table.problems or ["there are no rows below the header; reviews expected"])
    if missing is None:
        return Upload(table, Columns(schema.text, schema.title if schema.title in table.header else None), None)
    guess = propose(table.header, table.rows[:ROWS]).found
    text = str(guess.get("text", schema.text))
    title = guess.get("title", schema.title)
    guessed = Columns(text, str(title) if title in table.header else None) if text in table.header else None
    return Upload(table, guessed, missing)


def _table(path: Path, encoding: str, schema: Schema) -> tuple[Table, str | None]:
    """Read by the schema; where its columns are not there, read all the same and say which."""
    read = partial(read_table, path, encoding=encoding, quoted=schema.quoted)
    try:
        return read(expected=schema.required(label=False)), None
    except InvalidReviewsError as error:
        return read(expected=()), "; ".join(error.problems)


def score_upload(
    table: Table, columns: Columns, service: Service, on_progress: Callable[[float], None]
) -> pd.DataFrame:
    """Ask a service about the rows of a file.

    Args:
        table: As `read_upload` gives it.
        columns: That are read.
        service: Is asked.
        on_progress: Told the share that is done, in [0, 1].

    Returns:
        The columns as text, with ``row`` in front (the first below the header is 1), ``probability``, ``recommended``,
        ``known_words`` and, for a row that cannot be scored, its ``reason``.

    Raises:
        InputError: The service refused reviews.
        ServiceError: It does not answer.
    """
    cells = table.columns()
    reviews = cells[columns.text]
    titles = cells[columns.title] if columns.title is not None else [""] * len(reviews)
    reasons = [unscorable(review, title) for review, title in zip(reviews, titles, strict=True)]
    asked = [position for position, reason in enumerate(reasons) if reason is None]
    answers: dict[int, dict[str, Any]] = {}
    for start in range(0, len(asked), REVIEWS_A_REQUEST):
        part = asked[start : start + REVIEWS_A_REQUEST]
        found = service.ask([reviews[position] for position in part], [titles[position] for position in part])
        answers.update(zip(part, found, strict=True))
        on_progress(len(answers) / len(asked))
    scored = pd.DataFrame(table.rows, columns=named_apart(table.header), dtype=object)
    scored.insert(0, "row", table.numbers)
    for name in ("probability", "recommended", "known_words"):
        scored[name] = [answers[position][name] if position in answers else None for position in range(len(reviews))]
    scored["reason"] = pd.Series(reasons, index=scored.index, dtype=object)
    return scored


def as_csv(scored: pd.DataFrame) -> str:
    """Write scored rows as CSV; text that a spreadsheet would take for a formula gets an apostrophe in front."""
    safe = scored.map(lambda cell: inert(cell) if isinstance(cell, str) else cell)
    return safe.rename(columns=inert).to_csv(index=False)
