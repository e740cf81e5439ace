"""Rows of a file, one after the other, from any place in it: what each says, or what is wrong with it and where.

::

    CsvRows      a row of cells a record; a quote that never closes costs the row it stands in, and no other
    JsonRows     an object a line
    ParquetRows  a row a row

Training, checking and scoring all read through these, so that they never disagree about a file.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Collection, Generator, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from sentiment.reviews.lines import LONGEST_CELL, Fault, Lines, Place, Row
from sentiment.reviews.parquet_values import values_of

_BATCH = 1024
_FEWEST_COLUMNS, _FEWEST_LINES = 3, 2
"""From here on, lines inside a cell that all read as rows are rows: no text looks like that by chance."""
_FEWEST_DELIMITERS = 16
"""With fewer in all these lines, none may have a space behind it: one line of a review in five has two commas."""


class CsvRows:
    """The rows of a CSV.

    Args:
        file: At `start`.
        start: Where to begin.
        encoding: Of its text.
        delimiter: Between two cells.
        width: Cells a row; None where any number is right, as for a header.
        quoted: Whether a cell may stand in quotes, with any character in it; else a quote is one like any other.
    """

    def __init__(
        self, file: BinaryIO, start: Place, *, encoding: str, delimiter: str, width: int | None, quoted: bool = True
    ) -> None:
        self._lines = Lines(file, start.byte, start.line, encoding)
        self._quoted = quoted
        self._reader = partial(
            csv.reader, delimiter=delimiter, strict=True, quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
        )
        self._delimiter = delimiter
        self._width = width

    @property
    def byte(self) -> int:
        """Where the next row begins."""
        return self._lines.byte

    @property
    def line(self) -> int:
        """Lines before the next row."""
        return self._lines.line

    def __iter__(self) -> Iterator[Row]:
        limit = csv.field_size_limit(LONGEST_CELL)
        try:
            while (yield from self._until_lines_are_given_back()):
                pass
        finally:
            csv.field_size_limit(limit)

    def _until_lines_are_given_back(self) -> Generator[Row, None, bool]:
        """Give rows up to one that cost others; tells whether there may be more."""
        lines, width = self._lines, self._width
        taken = lines.taken
        reader = self._reader(lines)
        while True:
            taken.clear()
            first = lines.line + 1
            try:
                cells = next(reader)
            except StopIteration:
                return False
            except csv.Error as error:
                fault = self._fault(str(error))
                self._recovered()
                lines.wrong = None
                yield [], fault, first, lines.line
                return True
            if not cells:
                continue
            wrong, lines.wrong = lines.wrong, None
            if len(taken) > 1 and (len(cells) != width or self._swallowed_rows(taken)) and self._recovered():
                yield [], _quote(), first, lines.line
                return True
            if wrong is None and len(cells) != width and width is not None:
                wrong = Fault("fields", f"{len(cells)} fields; {width} expected")
                if self._quoted and any(b'\\"' in line for line in taken):
                    wrong = _backslash()
            yield cells, wrong, first, lines.line

    def _fault(self, error: str) -> Fault:
        taken = self._lines.taken
        if any(b'\\"' in line for line in taken[:1]):
            return _backslash()
        if "field larger" in error and len(taken) == 1:
            return Fault("long", f"a cell is larger than {LONGEST_CELL} characters")
        if len(taken) == 1:
            return Fault("quote", f"{error}; a quote that is opened must be closed, and doubled inside")
        return _quote()

    def _recovered(self) -> bool:
        """Give back the lines from the next that reads as a row on; False where none does."""
        taken = self._lines.taken
        for position in range(1, len(taken)):
            if self._reads_as_row(taken[position], may_go_on=position == len(taken) - 1):
                self._lines.give_back(taken[position:])
                return True
        return False

    def _reads_as_row(self, line: bytes, *, may_go_on: bool = False) -> bool:
        text = line.decode(self._lines.encoding, errors="replace")
        try:
            row = next(self._reader([text]), [])
        except csv.Error as error:
            return may_go_on and "end of data" in str(error)
        return len(row) == self._width

    def _swallowed_rows(self, taken: list[bytes]) -> bool:
        """Whether all lines between the first and the last read as rows, and are enough for that to mean something."""
        inner = taken[1:-1]
        if self._width is None or self._width < _FEWEST_COLUMNS or len(inner) < _FEWEST_LINES:
            return False
        if len(inner) * (self._width - 1) < _FEWEST_DELIMITERS:
            prose = f"{self._delimiter} ".encode(self._lines.encoding)
            if any(prose in line for line in inner):
                return False
        return all(map(self._reads_as_row, inner))


def _quote() -> Fault:
    return Fault("quote", "a quote is opened and not closed; it must be closed, and doubled inside")


def _backslash() -> Fault:
    return Fault("quote", 'a quote inside a cell is escaped with a backslash (\\"); doubled quotes ("") expected')


class JsonRows:
    """The rows of JSON lines: an object a line, each key a column.

    Args:
        file: At `start`.
        start: Where to begin.
        encoding: Of its text.
        header: The columns, in order; a key that is missing is an empty cell.
        plain: Columns in which a list or an object is no review, but a fault.
    """

    def __init__(
        self, file: BinaryIO, start: Place, *, encoding: str, header: list[str], plain: Collection[str] = ()
    ) -> None:
        self._lines = Lines(file, start.byte, start.line, encoding)
        self._header, self._plain = header, plain

    @property
    def byte(self) -> int:
        """Where the next row begins."""
        return self._lines.byte

    @property
    def line(self) -> int:
        """Lines before the next row."""
        return self._lines.line

    def __iter__(self) -> Iterator[Row]:
        lines = self._lines
        for text in lines:
            lines.taken.clear()
            wrong, lines.wrong = lines.wrong, None
            if not text.strip():
                continue
            found, fault = json_object(text)
            cells, no_text = _cells(self._header, [found.get(name) for name in self._header], self._plain)
            fault = fault or no_text
            if fault is None and max(map(len, cells), default=0) > LONGEST_CELL:
                fault = Fault("long", f"a cell is larger than {LONGEST_CELL} characters")
            yield cells, wrong or fault, lines.line, lines.line


def json_object(text: str) -> tuple[dict[str, Any], Fault | None]:
    """Read one line of JSON lines; what is no object is a fault."""
    try:
        found = json.loads(text, object_pairs_hook=_each_once)
        if "\\u" in text:
            json.dumps(found, ensure_ascii=False).encode("utf-8")
    except _RepeatedKeyError as error:
        return {}, Fault("json", f"an object with the key {error.args[0]!r} more than once; each once expected")
    except UnicodeEncodeError as error:
        half = error.object[error.start]
        return {}, Fault("json", f"half of a character ({half!r}), which is no text; the whole character expected")
    except (ValueError, RecursionError) as error:
        words = error.msg if isinstance(error, json.JSONDecodeError) else "a number or a nesting beyond all measure"
        return {}, Fault("json", f"no JSON: {words}; an object a line expected")
    if not isinstance(found, dict):
        return {}, Fault("json", f"a JSON {type(found).__name__}; an object a line expected")
    return found, None


class _RepeatedKeyError(Exception):
    """The key that an object has more than once: which of its values is meant, nobody can tell."""


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise _RepeatedKeyError(next(name for name in names if names.count(name) > 1))
    return found


class ParquetRows:
    """The rows of a Parquet file.

    Args:
        path: Of the file.
        start: Where to begin; only its row counts.
        plain: As for `JsonRows`.
    """

    def __init__(self, path: Path, start: Place, *, plain: Collection[str] = ()) -> None:
        self._path, self._plain = path, plain
        self._start = start.row
        self.byte, self.line = start.byte, 0

    def __iter__(self) -> Iterator[Row]:
        import pyarrow.parquet as pq

        size = self._path.stat().st_size
        with pq.ParquetFile(self._path) as file:
            number, rows, header = 0, file.metadata.num_rows, file.schema_arrow.names
            for group in range(file.num_row_groups):
                if number + file.metadata.row_group(group).num_rows <= self._start:
                    number += file.metadata.row_group(group).num_rows
                    continue
                for batch in file.iter_batches(batch_size=_BATCH, row_groups=[group]):
                    for values in zip(*map(values_of, batch.columns), strict=True):
                        number += 1
                        if number > self._start:
                            self.byte = size * number // rows
                            yield *_cells(header, values, self._plain), 0, 0


def _cells(header: Sequence[str], values: Sequence[Any], plain: Collection[str]) -> tuple[list[str], Fault | None]:
    """Write a row of values as cells; the first that is no text where there must be some is the row's fault."""
    try:
        cells = [_cell_of(value) for value in values]
    except UnicodeDecodeError:
        return [], Fault("value", "bytes that are not valid utf-8; text expected")
    for name, value in zip(header, values, strict=True):
        if name in plain and isinstance(value, dict | list):
            kind = "an object" if isinstance(value, dict) else "a list"
            return cells, Fault("value", f"{kind} in column {name!r}; text or a number expected")
    return cells, None


def _cell_of(value: Any) -> str:
    """Write a value as the cell of a CSV: nothing, and what is not a number, as an empty one."""
    if isinstance(value, str):
        return value
    if value is None or value != value:  # noqa: PLR0124  (a float that is not a number)
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=str)
    return value.decode("utf-8") if isinstance(value, bytes) else str(value)
