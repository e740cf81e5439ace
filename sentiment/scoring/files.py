"""Scoring one file into another, to be gone on with when it is killed."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from sentiment.errors import InputError
from sentiment.models.digests import sha256_of
from sentiment.models.text_model import TextModel
from sentiment.scoring.journal import Job, Journal, forget_journal, read_journal
from sentiment.scoring.reading import Chunk, Place, Rejected, read_chunks, read_header
from sentiment.scoring.workers import score_chunks
from sentiment.scoring.writing import SUFFIXES, CsvSink, Sink, open_sink

ADDED = ("input_row", "probability", "recommended", "model_version")
"""Columns of the output that the input must not have."""

ROWS_A_CHUNK = 4096
_SECONDS_BETWEEN_JOURNALS = 1.0
_LOCK = "lock"

Progress = Callable[[int, int, int], None]
"""``(bytes read, bytes in all, rows)``, called after every chunk."""


class ScoringReport(BaseModel):
    """What a run wrote.

    Attributes:
        rows: In the input.
        rejected: Of those, not scored; each with its reason in `rejected_file`, which is None where there are none.
        resumed_from: Rows that an earlier run, which was killed, had already done.
        seconds: Of this run.
    """

    model_config = ConfigDict(frozen=True)

    output: Path
    rejected_file: Path | None
    version: str
    rows: int
    scored: int
    rejected: int
    resumed_from: int
    seconds: float


@dataclass(frozen=True)
class Order:
    """What is to be done.

    Attributes:
        source: A CSV with a column ``Review Text``, and ``Title`` where there are titles.
        destination: ``.csv`` or ``.parquet``.
        version: Of the registered model, for the output.
        workers: Processes.
        restart: Forget how far an earlier run got.
        overwrite: Replace the destination if it is there.
    """

    source: Path
    destination: Path
    version: str
    encoding: str = "utf-8"
    workers: int = 1
    restart: bool = False
    overwrite: bool = False

    @property
    def folder(self) -> Path:
        """Where an unfinished run lies."""
        return self.destination.with_name(self.destination.name + ".partial")

    @property
    def rejected_file(self) -> Path:
        """Where the rows go that could not be scored."""
        return self.destination.with_name(f"{self.destination.name}.rejected.csv")


def check_order(order: Order) -> tuple[list[str], Place]:
    """Check everything that can be checked before a model is loaded.

    Returns:
        The input's header, and where its first row begins.

    Raises:
        InputError: The input cannot be read, or the output cannot be written or is there already.
    """
    if order.destination.suffix not in SUFFIXES:
        raise InputError(f"{order.destination} must end in {' or '.join(SUFFIXES)}")
    if not order.destination.parent.is_dir():
        raise InputError(f"{order.destination.parent} is not a folder; the output's folder must exist")
    if order.destination.exists() and not order.overwrite and not order.folder.exists():
        raise InputError(f"{order.destination} exists already; --overwrite replaces it")
    header, start = read_header(order.source, order.encoding)
    if taken := [name for name in ADDED if name in header]:
        raise InputError(f"{order.source} has columns that scoring adds: {', '.join(taken)}; rename them first")
    return header, start


def score_file(order: Order, model: TextModel, model_files: Path, on_progress: Progress) -> ScoringReport:
    """Score a CSV of any size.

    Args:
        order: What is to be done.
        model: The trained pair.
        model_files: The same on disk, for worker processes.
        on_progress: Told after every chunk.

    Raises:
        InputError: As `check_order`; or an earlier run that was not finished belongs to another input or model; or
            another process is at it.
    """
    header, start = check_order(order)
    if order.restart:
        shutil.rmtree(order.folder, ignore_errors=True)
    order.folder.mkdir(exist_ok=True)
    try:
        with FileLock(order.folder / _LOCK, timeout=0):
            return _score(order, header, start, model, model_files, on_progress)
    except Timeout as error:
        raise InputError(f"another process is writing {order.destination} now") from error


def _score(
    order: Order, header: list[str], start: Place, model: TextModel, model_files: Path, on_progress: Progress
) -> ScoringReport:
    began = time.monotonic()
    journal = _where_to_begin(order, start)
    resumed_from = journal.place.row
    sinks = (
        open_sink(order.folder, order.destination, [ADDED[0], *header, *ADDED[1:]]),
        CsvSink(order.folder / "rejected.csv", Rejected._fields),
    )
    with closing(sinks[0]) as scored, closing(sinks[1]) as rejected:
        if not journal.finished:
            scored.take_back(journal.scored_mark)
            rejected.take_back(journal.rejected_mark)
            for reached in _score_the_rest(order, header, journal, sinks, model, model_files, on_progress):
                journal = reached
        scored.put_in_place(order.destination)
        if journal.rejected:
            rejected.put_in_place(order.rejected_file)
    forget_journal(order.folder)
    shutil.rmtree(order.folder)
    return ScoringReport(
        output=order.destination,
        rejected_file=order.rejected_file if journal.rejected else None,
        version=order.version,
        rows=journal.place.row,
        scored=journal.scored,
        rejected=journal.rejected,
        resumed_from=resumed_from,
        seconds=time.monotonic() - began,
    )


def _score_the_rest(
    order: Order,
    header: list[str],
    journal: Journal,
    sinks: tuple[Sink, Sink],
    model: TextModel,
    model_files: Path,
    on_progress: Progress,
) -> Iterator[Journal]:
    """Score what comes after the journal's place; yields the journal after each chunk, written about once a second."""
    scored, rejected = sinks
    total, written = order.source.stat().st_size, time.monotonic()
    chunks = read_chunks(order.source, header, journal.place, encoding=order.encoding, rows=ROWS_A_CHUNK)
    for chunk, probabilities in score_chunks(chunks, model, model_files, workers=order.workers):
        scored.append(_rows(chunk, probabilities, model.threshold, order.version))
        rejected.append(chunk.rejected)
        journal = journal.model_copy(
            update={
                "place": chunk.end,
                "scored": journal.scored + len(chunk.numbers),
                "rejected": journal.rejected + len(chunk.rejected),
            }
        )
        if time.monotonic() - written > _SECONDS_BETWEEN_JOURNALS:
            _write(order, journal, sinks)
            written = time.monotonic()
        on_progress(chunk.end.byte, total, chunk.end.row)
        yield journal
    yield _write(order, journal.model_copy(update={"finished": True}), sinks)


def _where_to_begin(order: Order, start: Place) -> Journal:
    job = Job(
        source_sha256=sha256_of(order.source),
        encoding=order.encoding,
        version=order.version,
        suffix=order.destination.suffix,
    )
    found = read_journal(order.folder)
    if found is None:
        for leftover in order.folder.iterdir():
            if leftover.name != _LOCK:
                leftover.unlink()
        return Journal(job=job, place=start)
    if found.job != job:
        differing = ", ".join(
            f"{name} was {getattr(found.job, name)} and is {getattr(job, name)}"
            for name in Job.model_fields
            if getattr(found.job, name) != getattr(job, name)
        )
        raise InputError(
            f"{order.folder} has an unfinished run of something else: {differing}. "
            "Go on with what it was, or begin again with --restart."
        )
    return found


def _write(order: Order, journal: Journal, sinks: tuple[Sink, Sink]) -> Journal:
    scored, rejected = (sink.flush() for sink in sinks)
    reached = journal.model_copy(update={"scored_mark": scored, "rejected_mark": rejected})
    reached.write(order.folder)
    return reached


def _rows(chunk: Chunk, probabilities: NDArray[np.float64], threshold: float, version: str) -> list[tuple[object, ...]]:
    return [
        (number, *cells, probability, int(probability >= threshold), version)
        for number, cells, probability in zip(chunk.numbers, chunk.rows, probabilities.tolist(), strict=True)
    ]
