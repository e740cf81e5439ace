"""Reviews that no memory holds: which rows train, which choose and which are scored once, decided row by row.

Where all rows lie in one memory, they are shuffled and cut. Here a hash of the text decides, so that the same text is
always on the same side: of duplicates, whatever file they are in, and of the rows of today's file in tomorrow's.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from contextlib import AbstractContextManager
from enum import IntEnum
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from sentiment.errors import InvalidReviewsError
from sentiment.reviews.csv_structure import table_of
from sentiment.reviews.parsing import parse, too_few
from sentiment.reviews.reading import with_text
from sentiment.reviews.schema import Schema
from sentiment.reviews.seen import keys
from sentiment.reviews.source import Source, opened
from sentiment.reviews.splits import TEST_SHARE
from sentiment.spark.parts import InputFile, Part, parts_of

_OF_TESTS, _OF_SAMPLES, _OF_VALIDATION, _OF_ASKED = 0x7E57, 0x5A3B1E, 0xA11DA7E, 0xA5CED
_MOST_PROBLEMS = 5


class Side(IntEnum):
    """What a row is for."""

    TRAINING = 0
    VALIDATION = 1
    TEST = 2


class Given(BaseModel):
    """All rows, as every worker can read them.

    Attributes:
        files: As the pass over them found them.
        read_as: Which columns are what.
        encoding: Of files that are text.
        validation_share: Of the rows that are not test rows.
        seed: Of the choice of validation rows; the test rows do not depend on it.
    """

    model_config = ConfigDict(frozen=True)

    files: tuple[InputFile, ...]
    read_as: Schema
    encoding: str
    validation_share: float
    seed: int

    @property
    def parts(self) -> list[Part]:
        """All parts, in order."""
        return parts_of(self.files)

    def rows_before(self, file: int) -> int:
        """Count the rows of the files before one."""
        return sum(one.rows for one in self.files[:file])


class Survey(BaseModel):
    """What is in the rows of a part, or of all.

    Attributes:
        rows: All of them.
        left_out: Those that say neither yes nor no.
        counts: As in `reviews.parsing.Parsed`.
        with_text: Rows with text by side.
        has_ratings: Whether there is a column of stars.
        problems: A few of the sentences about what is wrong.
    """

    model_config = ConfigDict(frozen=True)

    rows: int = 0
    left_out: int = 0
    counts: tuple[int, int, int, int] = (0, 0, 0, 0)
    with_text: tuple[int, int, int] = (0, 0, 0)
    has_ratings: bool = False
    problems: tuple[str, ...] = ()

    def plus(self, other: Survey) -> Survey:
        """Add the rows of another part."""
        a, b, c, d = (one + more for one, more in zip(self.counts, other.counts, strict=True))
        training, validation, test = (one + more for one, more in zip(self.with_text, other.with_text, strict=True))
        return Survey(
            rows=self.rows + other.rows,
            left_out=self.left_out + other.left_out,
            counts=(a, b, c, d),
            with_text=(training, validation, test),
            has_ratings=self.has_ratings or other.has_ratings,
            problems=(*self.problems, *other.problems)[:_MOST_PROBLEMS],
        )


def open_reviews(read_as: Schema, encoding: str, path: Path) -> AbstractContextManager[Source]:
    """Open a file of reviews with labels."""
    return opened(path, encoding=encoding, expected=read_as.required(), quoted=read_as.quoted)


def survey(given: Given, number: int) -> bytes:
    """Look at a part, on a worker; gives a `Survey` as JSON."""
    part = given.parts[number]
    try:
        reviews, read = _read(given, part)
    except InvalidReviewsError as error:
        return Survey(rows=part.rows, problems=error.problems[:_MOST_PROBLEMS]).model_dump_json().encode()
    file = given.files[part.file]
    sides = np.bincount(_sides(given, keys(reviews["review"])), minlength=len(Side))
    told = read.model_copy(
        update={
            "with_text": tuple(sides.tolist()),
            "problems": tuple(f"{file.path}: {problem}" for problem in read.problems[:_MOST_PROBLEMS]),
        }
    )
    return told.model_dump_json().encode()


def require_enough(given: Given, found: Survey, named: str) -> None:
    """Refuse rows that nothing can be learned from.

    Raises:
        InvalidReviewsError: Something is wrong with them; every kind of problem is named.
    """
    problems = [*found.problems, *too_few(given.read_as, found.counts, any_unknown=bool(found.problems))]
    problems += [
        f"no {side.name.lower()} rows: the hash of no text says so; more reviews expected"
        for side in Side
        if not problems and not found.with_text[side]
    ]
    if problems:
        raise InvalidReviewsError(named, problems)


def rows_of(given: Given, number: int, *sides: Side) -> pd.DataFrame:
    """Read the rows of a part that are on some sides, on a worker.

    Returns:
        As `reviews.reading.read_reviews` gives them, with text, and with the column ``key``: the hash of the text.
        ``row`` counts the rows of all files, one file after the other.
    """
    rows = _rows_with_sides(given, number)
    return rows[rows["side"].isin(sides)].drop(columns="side").reset_index(drop=True)


def sampled(given: Given, shares: Mapping[Side, float], number: int) -> bytes:
    """Take a share of each side's rows of a part, on a worker; gives a frame as Parquet, with the column ``side``."""
    rows = _rows_with_sides(given, number)
    side, key = rows["side"].to_numpy(), rows.pop("key").to_numpy()
    chosen = np.zeros(len(rows), dtype=bool)
    for one, share in shares.items():
        chosen |= (side == one) & _below(key, _OF_SAMPLES, share)
    return bytes(rows[chosen].to_parquet(index=False))


def frame_of(answers: list[bytes]) -> dict[Side, pd.DataFrame]:
    """Put together what `sampled` gave, in the order of the rows."""
    rows = pd.concat([pd.read_parquet(io.BytesIO(answer)) for answer in answers], ignore_index=True)
    rows = rows.sort_values("row", kind="stable")
    return {side: rows[rows["side"] == side].drop(columns="side").reset_index(drop=True) for side in Side}


def asked(key: NDArray[np.uint64], share: float) -> NDArray[np.bool_]:
    """Choose the training rows that models are asked about before they learn from them too."""
    return _below(key, _OF_ASKED, share)


def known_texts(given: Given, number: int) -> bytes:
    """Give the hashes of the texts of a part that are not test rows, on a worker."""
    return np.unique(rows_of(given, number, Side.TRAINING, Side.VALIDATION)["key"].to_numpy()).tobytes()


def _rows_with_sides(given: Given, number: int) -> pd.DataFrame:
    """Read all rows of a part, with ``key`` and ``side``; see `rows_of`."""
    part = given.parts[number]
    reviews, _ = _read(given, part)
    key = keys(reviews["review"])
    return reviews.assign(row=reviews["row"] + given.rows_before(part.file), key=key, side=_sides(given, key))


def _read(given: Given, part: Part) -> tuple[pd.DataFrame, Survey]:
    file = given.files[part.file]
    with file.opened(partial(open_reviews, given.read_as, given.encoding)) as source:
        table = table_of(source, part.start, part.rows)
    parsed = parse(table, given.read_as)
    return with_text(parsed.reviews), Survey(
        rows=part.rows,
        left_out=parsed.left_out,
        counts=parsed.counts,
        has_ratings="rating" in parsed.reviews,
        problems=(*table.problems, *parsed.unknown_labels, *parsed.other_problems),
    )


def _sides(given: Given, key: NDArray[np.uint64]) -> NDArray[np.int64]:
    test = _below(key, _OF_TESTS, TEST_SHARE)
    validation = _below(key, _OF_VALIDATION + given.seed, given.validation_share)
    return np.where(test, Side.TEST, np.where(validation, Side.VALIDATION, Side.TRAINING)).astype(np.int64)


def _below(key: NDArray[np.uint64], purpose: int, share: float) -> NDArray[np.bool_]:
    """Choose a share of hashes; choices for different purposes have nothing to do with each other.

    Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014), for the mixing.
    """
    with np.errstate(over="ignore"):
        mixed = key ^ np.uint64(purpose * 0x9E3779B97F4A7C15 % 2**64)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed ^= mixed >> np.uint64(31)
    return np.asarray(mixed < np.uint64(min(int(share * 2**64), 2**64 - 1)))
