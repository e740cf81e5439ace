"""Reviews: the order of the labels, reading and checking a file.

The one place where a file becomes a frame. Problems of a file are reported together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict

from sentiment.errors import InvalidReviewsError
from sentiment.models.families.base import Examples
from sentiment.reviews.csv_structure import Table, read_table, some
from sentiment.reviews.schema import Schema
from sentiment.text import join_title
from sentiment.text.markup import has_markup

LABELS = (0, 1)
LABEL_NAMES = ("not recommended", "recommended")
"""In the order of `LABELS`: column 1 of every probability is that of a recommendation."""

REVIEW = "Review Text"
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
LENGTH_BIN, LENGTH_BINS = 10, 13
"""Words a review are counted in tens; 120 words and more are one bin."""
EXAMPLES, EXAMPLE = 3, 80
"""Of texts with unequal labels, so many are shown, and so many characters of each."""
NUMBER_LIMIT = 2**53
"""From here on, not every whole number is a float of its own."""


class Department(BaseModel):
    """The reviews of one department."""

    model_config = ConfigDict(frozen=True)

    rows: int
    recommended_share: float


class DataCheck(BaseModel):
    """The facts about a file of reviews.

    Attributes:
        name: Of the file.
        sha256: Of the file.
        rows: In the file; all other counts are of the rows with text.
        labels: Count by label name.
        recommended_share: In [0, 1]; what a model must beat that always recommends.
        repeated_texts: Rows whose text stands in an earlier row too.
        words: Words a review at the 0th, 25th, 50th, 75th and 100th percentile.
        lengths: Reviews by their number of words: 0 to 9, 10 to 19 and so on, the last with all that are longer.
        departments: By name; empty where the file has no such column.
        left_out: Rows whose label says neither yes nor no; they are counted nowhere else.
        read_as: What the file is, for people; empty where it was not asked.
        contradicted_texts: Texts that stand in rows with unequal labels.
        contradictions: The beginnings of a few of them.
        rows_with_markup: Rows with tags, character references or addresses in their text.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    sha256: str
    rows: int
    rows_with_text: int
    rows_with_title: int
    labels: dict[str, int]
    recommended_share: float
    repeated_texts: int
    words: tuple[int, ...]
    lengths: tuple[int, ...]
    departments: dict[str, Department]
    left_out: int = 0
    read_as: str = ""
    contradicted_texts: int = 0
    contradictions: tuple[str, ...] = ()
    rows_with_markup: int = 0


@dataclass(frozen=True)
class Reading:
    """What was read of a file.

    Attributes:
        reviews: As `read_reviews` gives them.
        left_out: Rows between the two thresholds of a label made of numbers; they say neither yes nor no.
        read_as: What the file is, for people.
    """

    reviews: pd.DataFrame
    left_out: int = 0
    read_as: str = ""


ARTICLE = Schema()


def read_reviews(path: Path, *, encoding: str = "utf-8", schema: Schema = ARTICLE) -> pd.DataFrame:
    """Read a file of reviews.

    Args:
        path: Of the file.
        encoding: Of its text.
        schema: Which columns are what.

    Returns:
        A row a review, in file order, with ``row`` (the first below the header is 1), ``title`` and ``review`` (empty
        where there is none), ``recommended`` (0 or 1), ``department`` and ``id`` where the schema has them, ``batch``
        where rows were added by retraining, and those of the article's other columns that are there. Rows that say
        neither yes nor no are left out.

    Raises:
        InputError: The file cannot be read.
        InvalidReviewsError: It breaks the format; every problem is listed.
    """
    return read(path, encoding=encoding, schema=schema).reviews


def read(path: Path, *, encoding: str = "utf-8", schema: Schema = ARTICLE) -> Reading:
    """Read a file of reviews, and say how; as `read_reviews`."""
    table = read_table(path, encoding=encoding, expected=schema.required())
    problems = list(table.problems)
    if not table.rows:
        problems.append(
            "there are no rows below the header; reviews expected" if not problems else "no row is left to check"
        )
        raise InvalidReviewsError(str(path), problems)
    parsed = parse(table, schema)
    problems += parsed.unknown_labels
    problems += too_few(schema, parsed.counts, any_unknown=bool(parsed.unknown_labels))
    problems += parsed.other_problems
    if problems:
        raise InvalidReviewsError(str(path), problems)
    return Reading(parsed.reviews, left_out=parsed.left_out, read_as=table.read_as)


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
    labels = schema.labels(columns[schema.label])
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
    with_review = Counter(label for label, review in zip(labels, columns[schema.text], strict=True) if review.strip())
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


def with_text(reviews: pd.DataFrame) -> pd.DataFrame:
    """Keep the rows whose review is not blank, in order."""
    return reviews[reviews["review"].str.strip() != ""].reset_index(drop=True)


def documents(reviews: pd.DataFrame) -> list[str]:
    """Make the documents that a model reads: each title and review."""
    return join_title(reviews["title"], reviews["review"])


def examples(reviews: pd.DataFrame) -> Examples:
    """Make documents, labels and, where there are any, ratings of a frame."""
    ratings = reviews[RATING].to_numpy(dtype=np.float64, na_value=np.nan) if RATING in reviews else None
    return Examples(documents(reviews), reviews["recommended"].to_numpy(dtype=np.int64), ratings)


def check_data(reviews: pd.DataFrame, *, name: str, sha256: str, left_out: int = 0, read_as: str = "") -> DataCheck:
    """Gather the facts about what `read_reviews` gave.

    Args:
        reviews: The rows.
        name: Of the file they stand in.
        sha256: Of that file.
        left_out: As in `Reading`.
        read_as: As in `Reading`.
    """
    kept = with_text(reviews)
    counts = np.bincount(kept["recommended"], minlength=len(LABELS))
    words = kept["review"].map(lambda text: len(text.split()))
    longest = LENGTH_BINS - 1
    labels_of_text = kept.groupby("review", sort=False)["recommended"].nunique()
    contradicted = labels_of_text[labels_of_text > 1].index.tolist()
    departments = kept.groupby("department")["recommended"] if "department" in kept else ()
    return DataCheck(
        name=name,
        sha256=sha256,
        rows=len(reviews),
        rows_with_text=len(kept),
        rows_with_title=int((kept["title"].str.strip() != "").sum()),
        labels={name: int(count) for name, count in zip(LABEL_NAMES, counts, strict=True)},
        recommended_share=float(kept["recommended"].mean()),
        repeated_texts=int(kept["review"].duplicated().sum()),
        words=tuple(int(value) for value in words.quantile([0, 0.25, 0.5, 0.75, 1])),
        lengths=tuple(np.bincount((words // LENGTH_BIN).clip(upper=longest), minlength=LENGTH_BINS).tolist()),
        departments={
            str(name) or "(none)": Department(rows=len(labels), recommended_share=float(labels.mean()))
            for name, labels in departments
        },
        left_out=left_out,
        read_as=read_as,
        contradicted_texts=len(contradicted),
        contradictions=tuple(text[:EXAMPLE] for text in contradicted[:EXAMPLES]),
        rows_with_markup=int(kept["review"].map(has_markup).sum()),
    )


def _unknown_labels(schema: Schema, unknown: Sequence[tuple[int, str]]) -> list[str]:
    """Say which cells are no labels, and in which rows."""
    if not unknown:
        return []
    counts = ", ".join(f"{label[:20]!r} ({n} times)" for label, n in Counter(x for _, x in unknown).most_common(5))
    rows = some(number for number, _ in unknown)
    return [
        f"{len(unknown)} rows have unknown labels in {schema.label!r}: {counts}, in rows {rows}; "
        f"{schema.expected_labels}"
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
