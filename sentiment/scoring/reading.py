"""A file of reviews as chunks of rows, each with the place where it ends, so that reading can go on from there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from sentiment.reviews.lines import Place
from sentiment.reviews.schema import Schema
from sentiment.reviews.source import Source
from sentiment.service.answers import unscorable
from sentiment.text import join_title

__all__ = ["Chunk", "Place", "Rejected", "read_chunks"]


class Rejected(NamedTuple):
    """A row that cannot be scored."""

    row: int
    line: int
    reason: str
    last_line: int


@dataclass
class Chunk:
    """Some rows, in order.

    Attributes:
        numbers: Of the rows that can be scored, in the file.
        rows: Their cells.
        documents: What the model reads of them.
        rejected: The rows in between that cannot be scored.
        faults: Of these, those whose structure is wrong.
        end: Where the next chunk begins.
    """

    end: Place
    numbers: list[int] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    faults: int = 0


def read_chunks(source: Source, start: Place, *, schema: Schema, rows: int, most: int | None = None) -> Iterator[Chunk]:
    """Read a file from `start` on.

    Args:
        source: The file.
        start: Where to begin: where the header or an earlier chunk ended.
        schema: Names the columns that the model reads.
        rows: So many a chunk, those that cannot be scored included.
        most: Rows in all, counted likewise; None to read to the end of the file.
    """
    header = source.header
    review = header.index(schema.text)
    title = header.index(schema.title) if schema.title in header else None
    number, chunk = start.row, Chunk(end=start)
    with source.rows(start) as found:
        for cells, fault, first, last in islice(found, most):
            number += 1
            problem = fault.words if fault else unscorable(cells[review], cells[title] if title is not None else "")
            if problem:
                chunk.rejected.append(Rejected(number, first, problem, last))
                chunk.faults += fault is not None
            else:
                chunk.numbers.append(number)
                chunk.rows.append(cells)
            if len(chunk.numbers) + len(chunk.rejected) == rows:
                yield _finished(chunk, Place(byte=found.byte, row=number, line=found.line), review, title)
                chunk = Chunk(end=start)
        if chunk.numbers or chunk.rejected:
            yield _finished(chunk, Place(byte=found.byte, row=number, line=found.line), review, title)


def _finished(chunk: Chunk, end: Place, review: int, title: int | None) -> Chunk:
    titles = [cells[title] for cells in chunk.rows] if title is not None else [""] * len(chunk.rows)
    chunk.documents = join_title(titles, [cells[review] for cells in chunk.rows])
    chunk.end = end
    return chunk
