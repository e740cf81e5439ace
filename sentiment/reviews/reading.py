"""Reviews: reading and checking a file.

The one place where a file becomes a frame. Problems of a file are reported together.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict

from sentiment.errors import InvalidReviewsError
from sentiment.models.families.base import Examples
from sentiment.reviews.csv_structure import read_table
from sentiment.reviews.parsing import LABELS, RATING, parse, too_few
from sentiment.reviews.schema import ARTICLE, Schema
from sentiment.reviews.splits import distinct
from sentiment.text import join_title
from sentiment.text.markup import has_markup

LABEL_NAMES = ("not recommended", "recommended")
"""In the order of `LABELS`: column 1 of every probability is that of a recommendation."""

REVIEW = "Review Text"
LENGTH_BIN, LENGTH_BINS = 10, 13
"""Words a review are counted in tens; 120 words and more are one bin."""
EXAMPLES, EXAMPLE = 3, 80
"""Of texts with unequal labels, so many are shown, and so many characters of each."""


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
        left_out: Rows whose label says neither yes nor no.
        read_as: What the file is, for people.
    """

    reviews: pd.DataFrame
    left_out: int = 0
    read_as: str = ""


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
    table = read_table(path, encoding=encoding, expected=schema.required(), quoted=schema.quoted)
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
    problems = problems or _too_few_texts(parsed.reviews, schema)
    if problems:
        raise InvalidReviewsError(str(path), problems)
    return Reading(parsed.reviews, left_out=parsed.left_out, read_as=table.read_as)


def _too_few_texts(reviews: pd.DataFrame, schema: Schema) -> list[str]:
    """Say what is wrong with the numbers of texts, where so many rows repeat one that each counts once."""
    rows = with_text(reviews)
    texts = distinct(rows)
    if len(texts) == len(rows):
        return []
    no, yes = np.bincount(texts["recommended"], minlength=2)
    few = too_few(schema, (no, yes, 0, 0), any_unknown=False)
    found = f"a text that many rows repeat counts once, and {len(rows):,} rows have {len(texts):,} distinct"
    return [f"{found}: {problem}" for problem in few]


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
