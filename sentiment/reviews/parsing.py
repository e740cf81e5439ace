"""Rows of cells become reviews: names of columns, labels, numbers, and what is wrong with any of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from sentiment.phrases import amount, some
from sentiment.reviews.csv_structure import Table
from sentiment.reviews.schema import ARTICLE, Schema

LABELS = (0, 1)
TEXT_COLUMNS = {"Division Name": "division", "Class Name": "class_name"}
RATING = "rating"
NUMBER_COLUMNS = {
    "Clothing ID": "clothing_id",
    "Age": "age",
    "Rating": RATING,
    "Positive Feedback Count": "positive_feedback_count",
}
"""What the article's file has beside; read where the columns are the article's."""
BATCH, BATCH_COLUMN = "batch", "retraining_batch"
"""When rows came: the first of a file have none, those of each retraining have its name; each batch is split alone."""
FEWEST_ROWS, FEWEST_OF_A_CLASS = 50, 10
NUMBER_LIMIT = 2**53
"""From here on, not every whole number is a float of its own."""


class Parsed(NamedTuple):
    """What rows say.

    Attributes:
        reviews: As `read_reviews` gives them; where there are problems, the rows without any.
        left_out: As in `Reading`.
        counts: Rows with text: those with label 0, with label 1, those that say neither, and with unknown labels.
        unknown_labels: A sentence about the cells that are no labels, where there are any.
        other_problems: What else is wrong, a sentence each.
    """

    reviews: pd.DataFrame
    left_out: int
    counts: tuple[int, int, int, int]
    unknown_labels: list[str]
    other_problems: list[str]


def parse(table: Table, schema: Schema) -> Parsed:
    """Make reviews of the rows of a file, or of some of them; the file may have none."""
    columns = table.columns() or {name: [] for name in table.header}
    written = [bool(review.strip()) for review in columns[schema.text]]
    labels = [
        label if has_review or str(label).strip() else None  # a row of nothing says neither
        for label, has_review in zip(schema.labels(columns[schema.label]), written, strict=True)
    ]
    unknown = [(number, label) for number, label in zip(table.numbers, labels, strict=True) if isinstance(label, str)]
    other_problems: list[str] = []
    frame = pd.DataFrame({"row": table.numbers})
    for source, name in _text_columns(schema).items():
        if source in columns:
            frame[name] = pd.Series(columns[source], dtype=object)
    if "title" not in frame:
        frame["title"] = ""
    for source, name in NUMBER_COLUMNS.items() if _is_the_articles(schema) else ():
        if source in columns:
            frame[name] = _numbers(table, source, columns[source], other_problems)
    said = np.array([label in LABELS for label in labels], dtype=bool)
    frame = frame[said].reset_index(drop=True)
    frame["recommended"] = np.array([label for label in labels if label in LABELS], dtype=np.int64)
    with_review = Counter(label for label, has_review in zip(labels, written, strict=True) if has_review)
    known = (with_review[0], with_review[1], with_review[None])
    return Parsed(
        frame,
        left_out=sum(label is None for label in labels),
        counts=(*known, with_review.total() - sum(known)),
        unknown_labels=_unknown_labels(schema, unknown),
        other_problems=other_problems,
    )


def _text_columns(schema: Schema) -> dict[str, str]:
    """Which column becomes which of the frame's."""
    named = {schema.title: "title", schema.text: "review", schema.department: "department", schema.id: "id"}
    beside = {BATCH_COLUMN: BATCH} | (TEXT_COLUMNS if _is_the_articles(schema) else {})
    return {source: name for source, name in named.items() if source is not None} | beside


def cells(reviews: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    """Give the columns of a file from which `read`, with the same schema, makes these reviews.

    Args:
        reviews: As `read_reviews` gives them.
        schema: Which columns are what; there is none for a title where it has none.

    Returns:
        Text, and the empty one for what is missing.
    """
    named = _text_columns(schema) | (NUMBER_COLUMNS if _is_the_articles(schema) else {})
    columns = {source: reviews[name] for source, name in named.items() if name in reviews}
    frame = pd.DataFrame(columns).astype(object)
    frame = frame.where(frame.notna(), "").map(str)
    yes, no = schema.label_cells
    return frame.assign(**{schema.label: np.where(reviews["recommended"] == 1, yes, no)})


def _is_the_articles(schema: Schema) -> bool:
    return (schema.text, schema.label, schema.recommended_from) == (ARTICLE.text, ARTICLE.label, None)


def _unknown_labels(schema: Schema, unknown: Sequence[tuple[int, str]]) -> list[str]:
    """Say which cells are no labels, and in which rows."""
    if not unknown:
        return []
    most = Counter(label for _, label in unknown).most_common(5)
    counts = ", ".join(f"{label[:20]!r} ({amount(times, 'time')})" for label, times in most)
    rows = some(number for number, _ in unknown)
    return [
        f"{amount(len(unknown), 'row has', 'rows have')} unknown labels in {schema.label!r}: {counts}, in rows {rows}; "
        f"{schema.expected_labels}; cells whose rows are to be left out are named by neither_values in a --schema"
    ]


def too_few(schema: Schema, counts: Sequence[int], *, any_unknown: bool) -> list[str]:
    """Say what is wrong with the numbers of reviews: none, of one class only, or too few.

    Args:
        schema: Names the columns.
        counts: As in `Parsed`.
        any_unknown: Whether some labels are unknown, so that the numbers may be other ones.
    """
    *known, neither, _ = counts
    if not sum(counts):
        return [f"no row has text in {schema.text!r}; reviews expected"]
    if not any_unknown and min(known) == 0 and max(known) > 0:
        return [f"every review has the label {known.index(max(known))}; both 0 and 1 expected"]
    if sum(counts) - neither < FEWEST_ROWS or (not any_unknown and min(known) < FEWEST_OF_A_CLASS):
        left_out = f", and {neither} that say neither" if neither else ""
        return [
            f"too few reviews to train and test on: {known[0]} with label 0 and {known[1]} with label 1 "
            f"found{left_out}; at least {FEWEST_ROWS} in all and {FEWEST_OF_A_CLASS} of each expected"
        ]
    return []


def _numbers(table: Table, source: str, cells: list[str], problems: list[str]) -> pd.Series:
    """Read a column of whole numbers; an empty cell is missing, anything else is a problem."""
    found = pd.to_numeric(pd.Series(cells, dtype=object).replace("", None), errors="coerce").astype("float64")
    values = found.where((found.abs() < NUMBER_LIMIT) & (found % 1 == 0))
    wrong = [
        (number, cell)
        for number, cell, missing in zip(table.numbers, cells, values.isna(), strict=True)
        if missing and cell
    ]
    if wrong:
        listed = some(f"{cell[:20]!r} in row {number}" for number, cell in wrong)
        problems.append(f"{len(wrong)} cells of {source!r} are not numbers: {listed}; whole numbers expected")
    return values.astype("Int64")
