"""Scored rows as CSV or Parquet, growing chunk by chunk; whatever was written after the last journal is taken back."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import BinaryIO, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from sentiment.errors import InputError

_FORMULA = "=+-@\uff1d\uff0b\uff0d\uff20"
"""What a formula begins with; the full-width ones do in Excel for East Asia."""
_CUT = re.compile(r"([;\t\r\n])")
"""Where a spreadsheet may end a cell too: Excel divides at ``;`` where the comma is a decimal point, and then takes no
quotation mark behind a comma for the beginning of a quoted cell."""
_BEFORE_A_FORMULA = ' "'
_RISK = re.compile(rf"(?:^|[;\t\r\n])[{_BEFORE_A_FORMULA}]*[{re.escape(_FORMULA)}]|^[\t\r\n]")
_TYPES = {
    "input_row": pa.int64(),
    "probability": pa.float64(),
    "recommended": pa.int64(),
    "known_words": pa.int64(),
}
SUFFIXES = (".csv", ".parquet")


class Sink(Protocol):
    """Where rows go; `take_back` comes first, with the last mark or with 0."""

    def append(self, rows: Sequence[Sequence[object]]) -> None:
        """Add rows."""

    def flush(self) -> int:
        """Make sure that what was added survives a crash; give a mark that `take_back` understands."""

    def take_back(self, mark: int) -> None:
        """Forget what was added after a mark."""

    def close(self) -> None:
        """Let go of what is open; what was not flushed may be lost."""

    def put_in_place(self, destination: Path) -> None:
        """Make everything that was flushed the destination, in one piece; doing it twice is doing it once."""


def inert(cell: str) -> str:
    """Keep a spreadsheet from taking text for a formula: an apostrophe in front, unless it is a number.

    The same for each part of the text that becomes a cell of its own where the spreadsheet divides at ``;``, at tabs or
    at the ends of lines. Source: OWASP, "CSV Injection".
    """
    if not _RISK.search(cell) or _is_number(cell):
        return cell
    if cell[0] in "\t\r\n":
        cell = f"'{cell}"
    return "".join(f"'{part}" if _is_formula(part) else part for part in _CUT.split(cell))


def _is_formula(part: str) -> bool:
    bare = part.strip(_BEFORE_A_FORMULA)
    return bare.startswith(tuple(_FORMULA)) and not bare.startswith("-)") and not _is_number(bare)  # ;-) is a smile


def open_sink(folder: Path, suffix: str, columns: Sequence[str], *, exact: bool = False) -> Sink:
    """Open the sink for a kind of file.

    Args:
        folder: Where rows are kept until all are there.
        suffix: ``.csv`` or ``.parquet``.
        columns: Of `ADDED` and of the input.
        exact: Leave text that a spreadsheet would take for a formula as it is; Parquet always does.

    Raises:
        InputError: The suffix is not one of `SUFFIXES`.
    """
    if suffix == ".csv":
        return CsvSink(folder / "scored.csv", columns, exact=exact)
    if suffix == ".parquet":
        return ParquetSink(folder, columns)
    raise InputError(f"{suffix!r} found; one of {', '.join(SUFFIXES)} expected")


class CsvSink:
    """A CSV in UTF-8; text is kept from being a formula, unless it is to be `exact`."""

    def __init__(self, path: Path, columns: Sequence[str], *, exact: bool = False) -> None:
        self.path = path
        self._exact = exact
        self._columns = columns
        self._opened: BinaryIO | None = None

    def append(self, rows: Sequence[Sequence[object]]) -> None:
        """Add rows."""
        text = io.StringIO(newline="")
        kept: Iterable[Sequence[object]] = rows
        if not self._exact:
            kept = ([inert(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
        csv.writer(text).writerows(kept)
        self._file.write(text.getvalue().encode("utf-8"))

    def flush(self) -> int:
        """Write everything to the disk; the mark is the file's length in bytes."""
        self._file.flush()
        os.fsync(self._file.fileno())
        return self._file.tell()

    def take_back(self, mark: int) -> None:
        """Cut the file to a length; an empty one gets its header."""
        self._file.truncate(mark)
        self._file.seek(mark)
        if mark == 0:
            self.append([self._columns])

    def put_in_place(self, destination: Path) -> None:
        """Move the file, if that was not done before."""
        self.close()
        if self.path.exists():
            os.replace(self.path, destination)  # noqa: PTH105  (atomic on every platform, which Path.rename is not)

    def close(self) -> None:
        """Close the file, if it is open."""
        if self._opened is not None:
            self._opened.close()

    @property
    def _file(self) -> BinaryIO:
        if self._opened is None:
            self._opened = self.path.open("ab")
        return self._opened


class ParquetSink:
    """A Parquet file, put together at the end from one part a flush: a Parquet file that is not finished is no file."""

    def __init__(self, folder: Path, columns: Sequence[str]) -> None:
        self.folder = folder
        self.schema = pa.schema([(name, _TYPES.get(name, pa.string())) for name in named_apart(columns)])
        self._rows: list[Sequence[object]] = []
        self._parts = len(self._paths())

    def append(self, rows: Sequence[Sequence[object]]) -> None:
        """Add rows."""
        self._rows.extend(rows)

    def flush(self) -> int:
        """Write what was added as one part; the mark is the number of parts."""
        if self._rows:
            path = self._path(self._parts)
            types = [field.type for field in self.schema]
            columns = [pa.array(cells, type) for cells, type in zip(zip(*self._rows, strict=True), types, strict=True)]
            with path.open("wb") as file:
                pq.write_table(pa.Table.from_arrays(columns, schema=self.schema), file)
                file.flush()
                os.fsync(file.fileno())
            self._parts, self._rows = self._parts + 1, []
        return self._parts

    def take_back(self, mark: int) -> None:
        """Remove the parts after a number of them."""
        for path in self._paths()[mark:]:
            path.unlink()
        self._parts, self._rows = mark, []

    def close(self) -> None:
        """Nothing is open between two parts."""

    def put_in_place(self, destination: Path) -> None:
        """Put the parts together, one row group each, in bounded memory; they stay until their folder goes."""
        whole = self.folder / "whole.parquet"
        paths = self._paths()
        with pq.ParquetWriter(whole, self.schema) as writer:
            for path in paths:
                writer.write_table(pq.read_table(path))
        os.replace(whole, destination)  # noqa: PTH105

    def _paths(self) -> list[Path]:
        return sorted(self.folder.glob("part-*.parquet"))

    def _path(self, number: int) -> Path:
        return self.folder / f"part-{number:08}.parquet"


def named_apart(columns: Sequence[str]) -> list[str]:
    """Name the columns so that none is lost where a name stands for one column: those without get their place."""
    if list(columns).count("") < 2:
        return list(columns)
    return [name or f"unnamed_{place}" for place, name in enumerate(columns)]


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
