"""A file that was scored in bulk, as a prediction log."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sentiment.errors import InvalidReviewsError
from sentiment.models.digests import sha256_of
from sentiment.models.known_words import WordCount
from sentiment.phrases import some
from sentiment.reviews.csv_structure import read_table
from sentiment.reviews.schema import Schema
from sentiment.service.predictions import Feedback, Log, Prediction
from sentiment.text import join_title

_SCORED = ("probability", "recommended", "model_version", "known_words")
_NUMBER = re.compile(r"(?P<number>[1-9][0-9]*)(?:\.0*)?")


@dataclass(frozen=True)
class _Answers:
    """The columns of a scored file, each with a value per row.

    Attributes:
        numbers: Of the rows in the file, from 1.
        columns: All cells, by the column's name.
        probabilities: In [0, 1].
        verdicts: Whether the model recommended.
        versions: Numbers of versions, as text.
    """

    numbers: Sequence[int]
    columns: dict[str, list[str]]
    probabilities: Sequence[float]
    verdicts: Sequence[bool]
    versions: Sequence[str]


def require_scored(path: Path, schema: Schema) -> None:
    """Check the whole file, so that nothing begins with one that `read_scored` refuses; raises the same."""
    _answers(path, schema)


def read_scored(path: Path, schema: Schema, count: Callable[[Sequence[str]], list[WordCount]]) -> Log:
    """Read what `score` wrote.

    Args:
        path: CSV or Parquet, also rewritten by a tool that turns whole numbers into 1.0 or True; its age counts as the
            time of the answers.
        schema: Names the columns of text, title and label; rows that say yes or no are labelled.
        count: Counts the words of documents, by the model that answered.

    Raises:
        InputError: The file cannot be read.
        InvalidReviewsError: It is not one that `score` wrote; what is wrong is listed.
    """
    found = _answers(path, schema)
    columns = found.columns
    reviews = columns[schema.text]
    titles = columns[schema.title] if schema.title in columns else [""] * len(reviews)
    words = count(join_title(titles, reviews))
    name, answered = sha256_of(path)[:12], datetime.fromtimestamp(path.stat().st_mtime, UTC)
    predictions = [
        Prediction(
            id=f"{name}-{number}",
            time=answered,
            version=found.versions[row],
            digest="",
            probability=found.probabilities[row],
            recommended=found.verdicts[row],
            characters=len(reviews[row]),
            words=words[row].words,
            known_words=words[row].known,
            has_title=bool(titles[row].strip()),
            review=reviews[row],
            title=titles[row],
        )
        for row, number in enumerate(found.numbers)
    ]
    labels = schema.labels(columns[schema.label]) if schema.label in columns else []
    said = [
        Feedback(one.id, answered, bool(label))
        for one, label in zip(predictions, labels, strict=False)
        if isinstance(label, int)
    ]
    return Log(predictions, said, [])


def _answers(path: Path, schema: Schema) -> _Answers:
    table = read_table(path, encoding="utf-8", expected=[schema.text, *_SCORED])
    columns = table.columns()
    problems = list(table.problems)
    if not columns:
        raise InvalidReviewsError(str(path), problems or ["there are no rows; scored reviews expected"])
    probabilities = [_share(cell) for cell in columns["probability"]]
    verdicts = Schema().labels(columns["recommended"])
    versions = [_version(cell) for cell in columns["model_version"]]
    readings = [
        ("probability", "probability", "numbers from 0 to 1", [value is not None for value in probabilities]),
        ("verdict", "recommended", "0 or 1, or true and false", [isinstance(value, int) for value in verdicts]),
        ("version", "model_version", "the version's number", [value is not None for value in versions]),
    ]
    for what, column, expected, is_right in readings:
        wrong = [number for number, right in zip(table.numbers, is_right, strict=True) if not right]
        if wrong:
            problems.append(f"rows {some(wrong)} have no {what} in {column!r}; {expected} expected")
    if problems:
        raise InvalidReviewsError(str(path), problems)
    return _Answers(
        numbers=table.numbers,
        columns=columns,
        probabilities=[value for value in probabilities if value is not None],
        verdicts=[bool(value) for value in verdicts],
        versions=[value for value in versions if value is not None],
    )


def _version(cell: str) -> str | None:
    """Read a version's number, which other tools rewrite as ``2.0``."""
    found = _NUMBER.fullmatch(cell.strip())
    return found["number"] if found else None


def _share(cell: str) -> float | None:
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if 0 <= value <= 1 else None
