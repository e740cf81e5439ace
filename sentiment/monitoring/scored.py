"""A file that was scored in bulk, as a prediction log."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from sentiment.errors import InvalidReviewsError
from sentiment.models.digests import sha256_of
from sentiment.models.known_words import WordCount
from sentiment.phrases import some
from sentiment.reviews.csv_structure import read_table
from sentiment.reviews.schema import Schema
from sentiment.reviews.source import opened
from sentiment.service.predictions import Feedback, Log, Prediction
from sentiment.text import join_title

_SCORED = ("probability", "recommended", "model_version", "known_words")


def require_scored(path: Path, schema: Schema) -> None:
    """Look at the header alone.

    Raises:
        InputError: The file cannot be read.
        InvalidReviewsError: It has not the columns that `score` writes.
    """
    with opened(path, expected=[schema.text, *_SCORED]):
        pass


def read_scored(path: Path, schema: Schema, count: Callable[[Sequence[str]], list[WordCount]]) -> Log:
    """Read what `score` wrote.

    Args:
        path: CSV or Parquet; its age counts as the time of the answers.
        schema: Names the columns of text, title and label; rows that say yes or no are labelled.
        count: Counts the words of documents, by the model that answered.

    Raises:
        InputError: The file cannot be read.
        InvalidReviewsError: It is not one that `score` wrote; what is wrong is listed.
    """
    table = read_table(path, encoding="utf-8", expected=[schema.text, *_SCORED])
    columns = table.columns()
    problems = list(table.problems)
    if not columns:
        raise InvalidReviewsError(str(path), problems or ["there are no rows; scored reviews expected"])
    probabilities = [_share(cell) for cell in columns["probability"]]
    wrong = [number for number, value in zip(table.numbers, probabilities, strict=True) if value is None]
    if wrong:
        problems.append(f"rows {some(wrong)} have no probability in 'probability'; numbers from 0 to 1 expected")
    if problems:
        raise InvalidReviewsError(str(path), problems)
    reviews = columns[schema.text]
    titles = columns[schema.title] if schema.title in columns else [""] * len(reviews)
    words = count(join_title(titles, reviews))
    name, answered = sha256_of(path)[:12], datetime.fromtimestamp(path.stat().st_mtime, UTC)
    predictions = [
        Prediction(
            id=f"{name}-{number}",
            time=answered,
            version=columns["model_version"][row],
            digest="",
            probability=probabilities[row] or 0.0,
            recommended=columns["recommended"][row] == "1",
            characters=len(reviews[row]),
            words=words[row].words,
            known_words=words[row].known,
            has_title=bool(titles[row].strip()),
            review=reviews[row],
            title=titles[row],
        )
        for row, number in enumerate(table.numbers)
    ]
    labels = schema.labels(columns[schema.label]) if schema.label in columns else []
    said = [
        Feedback(one.id, answered, bool(label))
        for one, label in zip(predictions, labels, strict=False)
        if isinstance(label, int)
    ]
    return Log(predictions, said, [])


def _share(cell: str) -> float | None:
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if 0 <= value <= 1 else None
