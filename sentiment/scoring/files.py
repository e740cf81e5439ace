"""Scoring one file into another, to be gone on with when it is killed."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from sentiment.models.digests import sha256_of
from sentiment.models.scorer import Scorer, Scores
from sentiment.reviews.lines import Place
from sentiment.reviews.source import Source
from sentiment.reviews.unpacking import UNPACKED
from sentiment.scoring.journal import Journal, forget_journal
from sentiment.scoring.order import Order, alone, begun, check_order, job_of, opened_for, output_columns
from sentiment.scoring.reading import Chunk, Rejected, read_chunks
from sentiment.scoring.workers import score_chunks
from sentiment.scoring.writing import CsvSink, Sink, open_sink

ROWS_A_CHUNK = 4096
_SECONDS_BETWEEN_JOURNALS = 1.0

Progress = Callable[[int, int, int], None]
"""``(bytes read, bytes in all, rows)``, called after every chunk."""


class ScoringReport(BaseModel):
    """What a run wrote.

    Attributes:
        rows: In the input.
        output: The path or address of what was written.
        rejected: Of those, not scored; each with its reason in `rejected_file`, which is None where there are none.
        resumed_from: Rows that an earlier run, which was killed, had already done.
        seconds: Of this run.
        faults: Of the rejected rows, those whose structure is wrong: the file is damaged, or not what it seems.
        without_known_words: Of the scored rows, those of which the model knows no word.
        read_as: What the input is.
        notes: What is worth knowing beside, a sentence each.
    """

    model_config = ConfigDict(frozen=True)

    output: str
    rejected_file: str | None
    version: str
    rows: int
    scored: int
    rejected: int
    resumed_from: int
    seconds: float
    faults: int = 0
    without_known_words: int = 0
    read_as: str = ""
    notes: tuple[str, ...] = ()


def score_file(order: Order, scorer: Scorer, model_files: Path, on_progress: Progress) -> ScoringReport:
    """Score a file of any size.

    Args:
        order: What is to be done.
        scorer: The model.
        model_files: The same on disk, for worker processes.
        on_progress: Told after every chunk.

    Raises:
        InputError: As `check_order`; or an earlier run that was not finished belongs to another input or model; or
            another process is at it.
    """
    check_order(order)
    with alone(order):
        _clear_unpacked(order.folder)
        with opened_for(order, order.folder) as source:
            return _score(order, source, scorer, model_files, on_progress)


def _clear_unpacked(folder: Path) -> None:
    """Remove what a killed run had unpacked; it is unpacked again."""
    for left in folder.glob(f"{UNPACKED}*"):
        shutil.rmtree(left)


def _score(order: Order, source: Source, scorer: Scorer, model_files: Path, on_progress: Progress) -> ScoringReport:
    began = time.monotonic()
    journal = _where_to_begin(order, source.start)
    resumed_from = journal.place.row
    sinks = (
        open_sink(order.folder, order.suffix, output_columns(source.header), exact=order.exact),
        CsvSink(order.folder / "rejected.csv", Rejected._fields),
    )
    with closing(sinks[0]) as scored, closing(sinks[1]) as rejected:
        if not journal.finished:
            scored.take_back(journal.scored_mark)
            rejected.take_back(journal.rejected_mark)
            for reached in _score_the_rest(order, source, journal, sinks, scorer, model_files, on_progress):
                journal = reached
        scored.put_in_place(Path(order.destination))
        if journal.rejected:
            rejected.put_in_place(order.rejected_file)
    forget_journal(order.folder)
    shutil.rmtree(order.folder)
    return ScoringReport(
        output=str(order.destination),
        rejected_file=str(order.rejected_file) if journal.rejected else None,
        version=order.version,
        rows=journal.place.row,
        scored=journal.scored,
        rejected=journal.rejected,
        resumed_from=resumed_from,
        seconds=time.monotonic() - began,
        faults=journal.faults,
        without_known_words=journal.without_known_words,
        read_as=source.described,
        notes=notes(order, source.header, scorer),
    )


def notes(order: Order, header: Sequence[str], scorer: Scorer) -> tuple[str, ...]:
    """Say what is worth knowing beside, a sentence each."""
    if scorer.reads_titles and order.schema.title not in header:
        return ("the model reads titles, and the file has none",)
    return ()


def _score_the_rest(
    order: Order,
    source: Source,
    journal: Journal,
    sinks: tuple[Sink, Sink],
    scorer: Scorer,
    model_files: Path,
    on_progress: Progress,
) -> Iterator[Journal]:
    """Score what comes after the journal's place; yields the journal after each chunk, written about once a second."""
    scored, rejected = sinks
    total, written = source.path.stat().st_size, time.monotonic()
    chunks = read_chunks(source, journal.place, schema=order.schema, rows=ROWS_A_CHUNK)
    for chunk, answers in score_chunks(chunks, scorer, model_files, workers=order.workers):
        scored.append(scored_rows(chunk, answers, scorer.threshold, order.version))
        rejected.append(chunk.rejected)
        journal = journal.model_copy(
            update={
                "place": chunk.end,
                "scored": journal.scored + len(chunk.numbers),
                "rejected": journal.rejected + len(chunk.rejected),
                "faults": journal.faults + chunk.faults,
                "without_known_words": journal.without_known_words + answers.known_words.count(0),
            }
        )
        if time.monotonic() - written > _SECONDS_BETWEEN_JOURNALS:
            _write(order, journal, sinks)
            written = time.monotonic()
        on_progress(chunk.end.byte, total, chunk.end.row)
        yield journal
    yield _write(order, journal.model_copy(update={"finished": True}), sinks)


def _where_to_begin(order: Order, start: Place) -> Journal:
    job = job_of(order, sha256_of(Path(order.source)))
    return begun(order, job) or Journal(job=job, place=start)


def _write(order: Order, journal: Journal, sinks: tuple[Sink, Sink]) -> Journal:
    scored, rejected = (sink.flush() for sink in sinks)
    reached = journal.model_copy(update={"scored_mark": scored, "rejected_mark": rejected})
    reached.write(order.folder)
    return reached


def scored_rows(chunk: Chunk, answers: Scores, threshold: float, version: str) -> list[tuple[object, ...]]:
    """Make the rows of the output: the row's number, its own cells, and the rest of `ADDED`."""
    return [
        (number, *cells, probability, int(probability >= threshold), version, known)
        for number, cells, probability, known in zip(
            chunk.numbers, chunk.rows, answers.probabilities, answers.known_words, strict=True
        )
    ]
