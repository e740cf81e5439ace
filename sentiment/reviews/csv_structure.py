"""Is this a CSV at all? What pandas would read without a word, shifted or garbled, is found here."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from sentiment.errors import InputError, InvalidReviewsError

LONGEST_CELL = 100_000
"""Characters. The article's longest review has 508; a cell beyond this is an unclosed quote or not a review."""

_SHOWN = 5
_MAGIC = {
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"PK\x03\x04": "a ZIP archive or an Excel workbook",
    b"PAR1": "a Parquet file",
    b"%PDF": "a PDF document",
    b"\x1f\x8b": "a gzip archive",
    b"SQLite format 3": "an SQLite database",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
}
_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}


class Table(NamedTuple):
    """A CSV whose rows all have the header's number of fields.

    Attributes:
        header: Column names as they stand.
        numbers: Of each row in the file; the first below the header is row 1.
        rows: One list of cells each; those with a wrong number of fields are left out and are in `problems`.
        problems: What is wrong with the structure, a sentence each.
    """

    header: list[str]
    numbers: list[int]
    rows: list[list[str]]
    problems: list[str]


def read_table(path: Path, *, encoding: str, expected: Sequence[str]) -> Table:
    """Read a CSV strictly.

    Args:
        path: Of the file.
        encoding: Of its text; a UTF-8 byte-order mark is passed over.
        expected: Columns that must be there; they tell a wrong delimiter from a wrong file.

    Raises:
        InputError: There is no such file, it cannot be read, or the encoding is not known.
        InvalidReviewsError: It is no CSV of reviews at all: nothing in it could be checked further.
    """
    text = _decoded(path, _bytes_of(path), encoding)
    # The csv module's limit is the process's; ours is checked below, cell by cell, with the row's number.
    limit = csv.field_size_limit(max(len(text), LONGEST_CELL) + 1)
    try:
        reader = _rows(path, text)
        header = next(reader, [])
        require_columns(path, header, expected)
        return _checked(header, reader)
    finally:
        csv.field_size_limit(limit)


def some(values: Iterable[object], *, between: str = ", ") -> str:
    """Name the first few of many, and how many more there are."""
    listed = [str(value) for value in values]
    more = len(listed) - _SHOWN
    return between.join(listed[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise InputError(f"{path} does not exist; the path of a CSV of reviews expected") from error
    except IsADirectoryError as error:
        raise InputError(f"{path} is a folder; the path of a CSV of reviews expected") from error
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error


def _decoded(path: Path, content: bytes, encoding: str) -> str:
    for magic, kind in _MAGIC.items():
        if content.startswith(magic):
            raise InvalidReviewsError(str(path), [f"the file is {kind}; a CSV expected"])
    try:
        text = content.decode("utf-8-sig" if codecs.lookup(encoding).name == "utf-8" else encoding)
    except LookupError as error:
        raise InputError(f"encoding {encoding!r} is not known; utf-8, latin-1 or cp1252 are common") from error
    except UnicodeError as error:
        where = f"at byte {error.start}" if isinstance(error, UnicodeDecodeError) else "somewhere"
        raise InvalidReviewsError(
            str(path),
            [f"{where}: not valid {encoding}; save the file as UTF-8, or name its encoding with --encoding"],
        ) from error
    if not text.strip():
        raise InvalidReviewsError(str(path), ["the file is empty; a header and rows of reviews expected"])
    if "\0" in text:
        count, line = text.count("\0"), text.count("\n", 0, text.index("\0")) + 1
        raise InvalidReviewsError(
            str(path),
            [f"line {line}: a NUL byte ({count} in the file); text expected, so the file is damaged or binary"],
        )
    if text.lstrip()[:200].lower().startswith(("<!doctype html", "<html", "<?xml")):
        raise InvalidReviewsError(str(path), ["the file is an HTML or XML page, not a CSV; was a download page saved?"])
    return text


def require_columns(path: Path, header: list[str], expected: Sequence[str]) -> None:
    """Refuse a header with a name twice, or without the columns that are expected.

    Raises:
        InvalidReviewsError: Says which, and what was found.
    """
    problems = []
    if twice := [name for name, count in Counter(header).items() if count > 1 and name]:
        problems.append(f"the header has columns more than once: {some(twice)}; each name once expected")
    if missing := [name for name in expected if name not in header]:
        problems.append(_missing_columns(header, missing))
    if problems:
        raise InvalidReviewsError(str(path), problems)


def _missing_columns(header: list[str], missing: list[str]) -> str:
    for delimiter, name in _DELIMITERS.items():
        if sum(column in "".join(header) for column in missing) == len(missing) and any(
            delimiter in cell for cell in header
        ):
            return f"the columns are separated by {name}; commas expected"
    found = ", ".join(repr(cell[:40]) for cell in header[:20])
    return f"no column {' or '.join(repr(name) for name in missing)} in the header; found: {found}"


def _rows(path: Path, text: str) -> Iterator[list[str]]:
    """Give each row; of one that cannot be parsed, say where it begins, which is where the quote was opened."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        first = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise InvalidReviewsError(
                str(path),
                [
                    f"lines {first} to {reader.line_num}: {error}; "
                    "a quote that is opened must be closed, and doubled inside"
                ],
            ) from error
        yield row


def _checked(header: list[str], reader: Iterable[list[str]]) -> Table:
    numbers, rows, uneven, long = [], [], [], []
    for number, row in enumerate((row for row in reader if row), 1):
        if len(row) != len(header):
            uneven.append((number, len(row)))
            continue
        if max(map(len, row), default=0) > LONGEST_CELL:
            long.append((number, max(map(len, row))))
        numbers.append(number)
        rows.append(row)
    problems = []
    if uneven:
        listed = some(f"row {number} has {count}" for number, count in uneven)
        problems.append(f"{len(uneven)} rows have a wrong number of fields: {listed}; {len(header)} expected")
    if long:
        listed = some(f"row {number} has {count}" for number, count in long)
        problems.append(f"cells are too long: {listed} characters; at most {LONGEST_CELL} expected")
    return Table(header, numbers, rows, problems)
