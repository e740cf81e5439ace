"""A CSV of reviews as chunks of rows, each with the place where it ends, so that reading can go on from there."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, NamedTuple

from pydantic import BaseModel, ConfigDict

from sentiment.errors import InputError, InvalidReviewsError
from sentiment.reviews.csv_structure import LONGEST_CELL, require_columns
from sentiment.reviews.reading import REVIEW
from sentiment.service.answers import unscorable
from sentiment.text import join_title

TITLE = "Title"


class Place(BaseModel):
    """Between two rows of a file.

    Attributes:
        byte: Where the next row begins.
        row: Rows before it; the first below the header is row 1.
        line: Lines before it, the header's included.
    """

    model_config = ConfigDict(frozen=True)

    byte: int
    row: int = 0
    line: int = 0


class Rejected(NamedTuple):
    """A row that cannot be scored."""

    row: int
    line: int
    reason: str


@dataclass
class Chunk:
    """Some rows, in order.

    Attributes:
        numbers: Of the rows that can be scored, in the file.
        rows: Their cells.
        documents: What the model reads of them.
        rejected: The rows in between that cannot be scored.
        end: Where the next chunk begins.
    """

    end: Place
    numbers: list[int] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)


class _Lines:
    """The lines of a binary file as text; knows where it is, and what was wrong since it was last asked."""

    def __init__(self, file: BinaryIO, place: Place, encoding: str) -> None:
        self.file = file
        self.encoding = encoding
        self.byte, self.line = place.byte, place.line
        self.wrong: str | None = None

    def __iter__(self) -> Iterator[str]:
        for line in self.file:
            self.byte += len(line)
            self.line += 1
            if b"\0" in line:
                self.wrong = "a NUL byte"
            try:
                yield line.decode(self.encoding)
            except UnicodeDecodeError:
                self.wrong = f"bytes that are not {self.encoding}"
                yield line.decode(self.encoding, errors="replace")

    def problem(self) -> str | None:
        """Say what was wrong with the lines since the last call."""
        wrong, self.wrong = self.wrong, None
        return wrong


def read_header(path: Path, encoding: str) -> tuple[list[str], Place]:
    """Read the header of a CSV.

    Returns:
        The column names, and where the first row begins.

    Raises:
        InputError: The file cannot be read.
        InvalidReviewsError: It is empty, or has no column of reviews.
    """
    try:
        with path.open("rb") as file:
            start = Place(byte=len(_byte_order_mark(file)))
            lines = _Lines(file, start, encoding)
            header = next(csv.reader(lines, strict=True), [])
            problem = lines.problem()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    except LookupError as error:
        raise InputError(f"encoding {encoding!r} is not known; utf-8, latin-1 or cp1252 are common") from error
    except csv.Error as error:
        raise InvalidReviewsError(str(path), [f"the first line is no header of a CSV: {error}"]) from error
    if problem or not header:
        raise InvalidReviewsError(str(path), [f"the first line has {problem or 'nothing in it'}; a header expected"])
    require_columns(path, header, (REVIEW,))
    return header, Place(byte=lines.byte, line=lines.line)


def read_chunks(path: Path, header: list[str], start: Place, *, encoding: str, rows: int) -> Iterator[Chunk]:
    """Read a CSV from `start` to its end.

    Args:
        path: Of the file.
        header: As `read_header` gave it.
        start: Where to begin: where the header or an earlier chunk ended.
        encoding: Of the text.
        rows: So many a chunk, those that cannot be scored included.
    """
    review, title = header.index(REVIEW), header.index(TITLE) if TITLE in header else None
    with path.open("rb") as file:
        file.seek(start.byte)
        lines = _Lines(file, start, encoding)
        reader = csv.reader(lines, strict=True)
        limit = csv.field_size_limit(LONGEST_CELL)
        number, chunk = start.row, Chunk(end=start)
        try:
            while True:
                first_line = lines.line + 1
                try:
                    cells = next(reader)
                except StopIteration:
                    break
                except csv.Error as error:
                    problem: str | None = str(error)
                    lines.problem()
                else:
                    if not cells:
                        continue
                    problem = lines.problem() or _problem(cells, len(header), review, title)
                number += 1
                if problem:
                    chunk.rejected.append(Rejected(number, first_line, problem))
                else:
                    chunk.numbers.append(number)
                    chunk.rows.append(cells)
                if len(chunk.numbers) + len(chunk.rejected) == rows:
                    yield _finished(chunk, Place(byte=lines.byte, row=number, line=lines.line), review, title)
                    chunk = Chunk(end=start)
        finally:
            csv.field_size_limit(limit)
        if chunk.numbers or chunk.rejected:
            yield _finished(chunk, Place(byte=lines.byte, row=number, line=lines.line), review, title)


def _finished(chunk: Chunk, end: Place, review: int, title: int | None) -> Chunk:
    titles = [cells[title] for cells in chunk.rows] if title is not None else [""] * len(chunk.rows)
    chunk.documents = join_title(titles, [cells[review] for cells in chunk.rows])
    chunk.end = end
    return chunk


def _problem(cells: list[str], expected: int, review: int, title: int | None) -> str | None:
    if len(cells) != expected:
        return f"{len(cells)} fields; {expected} expected"
    return unscorable(cells[review], cells[title] if title is not None else "")


def _byte_order_mark(file: BinaryIO) -> bytes:
    mark = b"\xef\xbb\xbf"
    if file.read(len(mark)) == mark:
        return mark
    file.seek(0)
    return b""
