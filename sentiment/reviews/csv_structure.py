"""All rows of a file at once, with all that is wrong with its structure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from sentiment.errors import InvalidReviewsError
from sentiment.phrases import amount, some
from sentiment.reviews.header import require_columns
from sentiment.reviews.lines import KINDS, LONGEST_CELL, Fault, Place
from sentiment.reviews.source import Source, opened

__all__ = ["LONGEST_CELL", "Table", "read_table", "require_columns", "table_of"]


_AS_CHARACTERS = "; where quotes are characters like any other, `quoted: false` in a --schema says so"


class Table(NamedTuple):
    """A file whose rows all have the header's number of fields.

    Attributes:
        header: Column names as they stand.
        numbers: Of each row in the file; the first below the header is row 1.
        rows: One list of cells each; those that something is wrong with are left out and are in `problems`.
        problems: What is wrong with the structure, a sentence each.
        read_as: What the file is, for people.
    """

    header: list[str]
    numbers: list[int]
    rows: list[list[str]]
    problems: list[str]
    read_as: str = ""

    def columns(self) -> dict[str, list[str]]:
        """Give the cells by column; nothing where there are no rows."""
        cells = map(list, zip(*self.rows, strict=True))
        return dict(zip(self.header, cells, strict=False)) if self.rows else {}


class _Faulty(NamedTuple):
    number: int
    first: int
    last: int
    fault: Fault


def read_table(
    path: Path, *, encoding: str, expected: Sequence[str], quoted: bool = True, most: int | None = None
) -> Table:
    """Read a file strictly.

    Args:
        path: Of the file.
        encoding: Of its text; a UTF-8 byte-order mark is passed over.
        expected: Columns that must be there; they tell one delimiter from another, and a wrong file.
        quoted: As in `reviews.schema.Schema`.
        most: Rows to read, from its beginning; None for all.

    Raises:
        InputError: There is no such file, it cannot be read, or the encoding is not known.
        InvalidReviewsError: It is no file of reviews at all: nothing in it could be checked further.
    """
    with opened(path, encoding=encoding, expected=expected, quoted=quoted) as source:
        return table_of(source, source.start, most)


def table_of(source: Source, start: Place, most: int | None = None) -> Table:
    """Read rows of an open file strictly.

    Args:
        source: The file.
        start: Where to begin.
        most: Rows to read; None for all that are left.

    Raises:
        InvalidReviewsError: It is no text.
    """
    numbers: list[int] = []
    rows: list[list[str]] = []
    faulty: list[_Faulty] = []
    with source.rows(start) as found:
        for number, (cells, fault, first, last) in enumerate(islice(found, most), start.row + 1):
            if fault is not None:
                faulty.append(_Faulty(number, first, last, fault))
            else:
                numbers.append(number)
                rows.append(cells)
    return Table(source.header, numbers, rows, _problems(source, faulty), source.described)


def _problems(source: Source, faulty: list[_Faulty]) -> list[str]:
    """Say what is wrong, a sentence a kind; with what is no text nothing else is worth saying."""
    of_kind = {kind: [one for one in faulty if one.fault.kind == kind] for kind in KINDS}
    if found := of_kind["nul"]:
        raise InvalidReviewsError(
            str(source.named),
            [
                f"line {found[0].first}: a NUL byte ({amount(len(found), 'row')} with such); "
                "text expected, so the file is damaged or binary"
            ],
        )
    if found := of_kind["encoding"]:
        raise InvalidReviewsError(
            str(source.named),
            [
                f"at byte {found[0].fault.byte}: not valid {source.encoding}; save the file as UTF-8, "
                "or name its encoding with --encoding"
            ],
        )
    problems = []
    if found := of_kind["fields"]:
        listed = some(f"row {one.number} has {one.fault.words.split(' ')[0]}" for one in found)
        rows = amount(len(found), "row has", "rows have")
        problems.append(f"{rows} a wrong number of fields: {listed}; {len(source.header)} expected")
    if found := of_kind["long"]:
        listed = some(f"row {one.number} in line {one.first}" for one in found)
        problems.append(f"cells are too long: {listed}; at most {LONGEST_CELL} characters expected")
    for kind in ("quote", "json", "value"):
        for words in dict.fromkeys(one.fault.words for one in of_kind[kind]):
            where = some(_lines(one) for one in of_kind[kind] if one.fault.words == words)
            hint = _AS_CHARACTERS if kind == "quote" else ""
            problems.append(f"{where}: {words}{hint}")
    return problems


def _lines(one: _Faulty) -> str:
    if one.first == 0:  # Parquet has no lines
        return f"row {one.number}"
    return f"line {one.first}" if one.first == one.last else f"lines {one.first} to {one.last}"
