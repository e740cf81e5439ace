"""Which rows train, which choose, which are scored once at the end."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pandas as pd

from sentiment.errors import InputError
from sentiment.reviews.parsing import BATCH

TEST_SHARE = 0.2
TEST_SEED = 0
"""The article's own: ``train_test_split(test_size=0.20, random_state=0)``. It never follows the run's seed, so that
every number of every run is about the same test rows, and can be read beside the article's."""

MOST_REPEATED = 0.01
"""Of the rows. With more that repeat a text, the texts are split and not the rows."""


class Split(NamedTuple):
    """Three parts of one frame of reviews; no text is in two of them."""

    train: pd.DataFrame
    validation: pd.DataFrame
    test: pd.DataFrame


def split_reviews(reviews: pd.DataFrame, *, validation_share: float, seed: int) -> Split:
    """Split reviews into training, validation and test rows.

    The test rows are the article's. The validation rows are a stratified share of the others. A text that occurs in
    two parts stays in the later one (test before validation before training) and is dropped from the earlier. Where
    many rows repeat a text, each text is split once; see `distinct`. The rows of each batch give their own test rows:
    those of before stay what they were when others are added.

    Args:
        reviews: With ``review`` and ``recommended``; every row has text.
        validation_share: Of the rows that are not test rows, in (0, 1).
        seed: For the choice of validation rows; the test rows do not depend on it.

    Raises:
        InputError: A part would have too few rows, or rows of one class only.
    """
    from sklearn.model_selection import train_test_split  # 1.5 s that whoever only reads reviews does not need

    reviews = distinct(reviews)
    rest, test = _tested(reviews)
    text = reviews["review"].to_numpy()
    rest = _without_texts_of(text, rest, test)
    labels = reviews["recommended"].to_numpy()
    _require_both_classes("the rows that are not test rows", labels[rest], least=2)
    chosen = math.ceil(validation_share * len(rest))
    if min(chosen, len(rest) - chosen) < 2:
        raise InputError(
            f"validation_share {validation_share:g} parts {len(rest)} reviews into {len(rest) - chosen} for training "
            f"and {chosen} for validation; at least 2 each expected. Bring more reviews, or change validation_share."
        )
    train, validation = train_test_split(rest, test_size=validation_share, random_state=seed, stratify=labels[rest])
    train = _without_texts_of(text, train, validation)
    for name, part in (("training", train), ("validation", validation), ("test", test)):
        _require_both_classes(f"the {name} rows", labels[part])
    return Split(*(reviews.iloc[part].reset_index(drop=True) for part in (train, validation, test)))


def distinct(reviews: pd.DataFrame) -> pd.DataFrame:
    """Keep each text of a batch once where so many of its rows repeat one that the split would lose most of them.

    With a few, as in the article's file, the rows stay as they are: its test rows are read beside the article's. A text
    with unequal labels keeps the one that most of its rows have; with as many of each, that of its first row.
    """
    if BATCH in reviews and reviews[BATCH].nunique() > 1:
        batches = [distinct(rows) for _, rows in reviews.groupby(BATCH, sort=False)]
        return pd.concat(batches, ignore_index=True)
    repeated = reviews["review"].duplicated()
    if repeated.mean() <= MOST_REPEATED:
        return reviews
    share = reviews.groupby("review", sort=False)["recommended"].mean()
    kept = reviews[~repeated].reset_index(drop=True)
    said = kept["review"].map(share)
    return kept.assign(recommended=kept["recommended"].where(said == 0.5, said > 0.5).astype(np.int64))


def shared_texts(one: pd.DataFrame, other: pd.DataFrame) -> int:
    """Count the rows of `one` whose review stands in `other` too."""
    known = set(other["review"])
    return sum(review in known for review in one["review"])


def _tested(reviews: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Choose the test rows of each batch; gives the positions of all other rows, and theirs."""
    from sklearn.model_selection import train_test_split

    batch = reviews[BATCH].to_numpy() if BATCH in reviews else np.zeros(len(reviews))
    rest, test = [], []
    for name in pd.unique(batch):
        positions = np.flatnonzero(batch == name)
        if len(positions) == 1:
            rest.append(positions)
            continue
        others, chosen = train_test_split(positions, test_size=TEST_SHARE, random_state=TEST_SEED)
        rest.append(others)
        test.append(chosen)
    return np.concatenate(rest), np.concatenate(test or [np.array([], dtype=np.int64)])


def _without_texts_of(text: np.ndarray, rows: np.ndarray, kept: np.ndarray) -> np.ndarray:
    return rows[~pd.Series(text[rows]).isin(text[kept]).to_numpy()]


def _require_both_classes(name: str, labels: np.ndarray, least: int = 1) -> None:
    counts = np.bincount(labels, minlength=2)
    if counts.min() < least:
        raise InputError(
            f"{name} have {counts[0]} reviews that do not recommend and {counts[1]} that do; "
            f"at least {least} of each expected. Bring more reviews."
        )
