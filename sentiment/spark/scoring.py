"""Files of reviews scored into a folder of parts; a run that was killed goes on with the parts that are not there."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from sentiment.addresses import is_address
from sentiment.apart import require_apart
from sentiment.errors import InputError
from sentiment.models.digests import digest_of
from sentiment.models.scorer import Scorer
from sentiment.reviews.lines import Place
from sentiment.reviews.source import Source
from sentiment.scoring.files import ROWS_A_CHUNK, Progress, ScoringReport, notes, scored_rows
from sentiment.scoring.journal import JOURNAL, Job, Journal, parsed
from sentiment.scoring.order import Order, job_of, opened_for, output_columns, require_same
from sentiment.scoring.reading import Rejected, read_chunks
from sentiment.scoring.writing import CsvSink, open_sink
from sentiment.spark.files import InputName, called, input_files
from sentiment.spark.jobs import on_workers
from sentiment.spark.parts import (
    ROWS_A_PART,
    Found,
    InputFile,
    Part,
    described,
    look_here,
    look_through,
    parts_of,
    require_alike,
)
from sentiment.spark.results import DONE, REJECTED, SCORED, Results, results_of
from sentiment.spark.session import Cluster, scratch_folder, spark_session
from sentiment.spark.shipping import Shipment, scorer_of_shipment, ship_model, ship_package

INPUT_FILE = "input_file"
"""Column of the output, the first, where there are several files: ``input_row`` counts the rows of each."""


class Counts(BaseModel):
    """Of the rows of a part; as in `sentiment.scoring.files.ScoringReport`."""

    model_config = ConfigDict(frozen=True)

    scored: int = 0
    rejected: int = 0
    faults: int = 0
    without_known_words: int = 0


@dataclass(frozen=True)
class Work:
    """What every task needs to know.

    Attributes:
        order: What is to be done.
        files: All of them.
        parts: Those that are to be scored, by their numbers among all.
        shipment: The model.
    """

    order: Order
    files: list[InputFile]
    parts: list[tuple[int, Part]]
    shipment: Shipment


def score_on_spark(
    order: Order,
    scorer: Scorer,
    model_files: Path,
    cluster: Cluster,
    on_progress: Progress,
    *,
    rows_a_part: int = ROWS_A_PART,
) -> ScoringReport:
    """Score files of any number and size on the workers of a cluster.

    Args:
        order: What is to be done: `source` is a file, a folder or a pattern, at the same path on every machine, or the
            address of objects; `destination` becomes a folder, or what lies below an address; `workers` has no
            meaning, because the cluster has as many as it has.
        scorer: The model.
        model_files: The same on disk, verified.
        cluster: Where.
        on_progress: Told about twice a second; its bytes are rows.
        rows_a_part: At most so many.

    Raises:
        InputError: As `sentiment.scoring.files.score_file`; or files cannot be read, or have other columns than the
            first.
        SparkError: Spark could not be started, or a task failed again and again; parts that are done are kept.
    """
    began = time.monotonic()
    names, results = check_spark_order(order), results_of(order)
    opening = partial(_opened, order)
    with results.alone() as require_alone, scratch_folder() as folder:
        with spark_session(cluster, name=f"score {called(order.source)}") as session:
            ship_package(session, folder)
            shipment = ship_model(session, model_files, folder)
            on_workers(session, partial(_load, shipment), 2 * session.sparkContext.defaultParallelism)
            look = partial(look_through, names, opening, rows_a_part)
            found = [Found.model_validate_json(answer) for answer in on_workers(session, look, len(names))]
            files = require_alike(order.source, found, title=order.schema.title)
            _require_free_columns(order, files)
            parts = list(enumerate(parts_of(files)))
            _begin(results, _job(order, files, rows_a_part))
            total = sum(part.rows for _, part in parts)
            done = _done(results)
            resumed_from = sum(part.rows for number, part in parts if number in done)
            left = [(number, part) for number, part in parts if number not in done]

            def look_after() -> None:
                require_alone()
                now = _done(results)
                rows = sum(part.rows for number, part in parts if number in now)
                on_progress(rows, total, rows)

            work = Work(order, files, left, shipment)
            on_workers(session, partial(score_part, work), len(left), meanwhile=look_after)
            on_progress(total, total, total)
        counts = [Counts.model_validate_json(results.read(_done_name(number)) or b"") for number, _ in parts]
        rejected = sum(count.rejected for count in counts)
        require_alone()
        results.put_in_place()
    return ScoringReport(
        output=results.destination,
        rejected_file=results.rejected if rejected else None,
        version=order.version,
        rows=total,
        scored=sum(count.scored for count in counts),
        rejected=rejected,
        resumed_from=resumed_from,
        seconds=time.monotonic() - began,
        faults=sum(count.faults for count in counts),
        without_known_words=sum(count.without_known_words for count in counts),
        read_as=described(files),
        notes=notes(order, files[0].columns, scorer),
    )


def check_spark_order(order: Order) -> list[InputName]:
    """Check everything that can be checked before a model is loaded or Spark started; gives the input files.

    Raises:
        InputError: An input file cannot be read or has other columns than the first; or the output cannot be written,
            is there already or lies in the input. An object is not read: the workers do that.
    """
    results_of(order).check()
    if is_address(order.source) and f"{order.destination}/".startswith(f"{str(order.source).rstrip('/')}/"):
        raise InputError(
            f"{order.destination} lies in {order.source}, so another run would take it for reviews; "
            "give a place outside of it"
        )
    is_local = not is_address(order.source) and not is_address(order.destination)
    if is_local:
        require_apart(order.written, [Path(order.source)])
    names = input_files(order.source)
    if is_local:
        require_apart(order.written, (name.here() for name in names))
    if not is_address(order.source):
        look_here(order.source, names, partial(_opened, order), title=order.schema.title)
    return names


def score_part(work: Work, number: int) -> bytes:
    """Score one part, on a worker.

    Args:
        work: What every task needs to know.
        number: Position of the part among those of `work`.

    Returns:
        Nothing: what there is to know is in the part's file in ``done``.
    """
    name, part = work.parts[number]
    order, file, results = work.order, work.files[part.file], results_of(work.order)
    scorer = scorer_of_shipment(work.shipment)
    several = [str(file.path)] if len(work.files) > 1 else []
    counts = Counts()
    with results.writing() as writing:
        sink = open_sink(writing, order.suffix, _columns(file, several), exact=order.exact)
        rejections = CsvSink(writing / "rejected.csv", [*([INPUT_FILE] if several else []), *Rejected._fields])
        with closing(sink) as scored, closing(rejections) as rejected, file.opened(partial(_opened, order)) as source:
            scored.take_back(0)
            rejected.take_back(0)
            for chunk in read_chunks(source, part.start, schema=order.schema, rows=ROWS_A_CHUNK, most=part.rows):
                answers = scorer.score(chunk.documents)
                chunk.rows = file.in_order(chunk.rows)
                scored.append(
                    [(*several, *row) for row in scored_rows(chunk, answers, scorer.threshold, order.version)]
                )
                rejected.append([(*several, *row) for row in chunk.rejected])
                counts = Counts(
                    scored=counts.scored + len(chunk.numbers),
                    rejected=counts.rejected + len(chunk.rejected),
                    faults=counts.faults + chunk.faults,
                    without_known_words=counts.without_known_words + answers.known_words.count(0),
                )
            if (read := counts.scored + counts.rejected) != part.rows:
                raise InputError(f"{file.path} changed while it was read: {read} rows found, {part.rows} expected")
            scored.flush()
            rejected.flush()
            finished = writing / "finished"
            scored.put_in_place(finished)
            results.put(finished, f"{SCORED}/part-{name:05}{order.suffix}")
            if counts.rejected:
                rejected.put_in_place(finished)
                results.put(finished, f"{REJECTED}/part-{name:05}.csv")
    results.write(_done_name(name), counts.model_dump_json())
    return b""


@contextmanager
def _opened(order: Order, path: Path) -> Iterator[Source]:
    """Open one of the input files."""
    with opened_for(replace(order, source=path)) as source:
        yield source


def _load(shipment: Shipment, _number: int) -> bytes:
    """Load the model on a worker, before anything is begun there that it could not do."""
    scorer_of_shipment(shipment)
    return b""


def _columns(file: InputFile, several: list[str]) -> list[str]:
    return [*([INPUT_FILE] if several else []), *output_columns(file.columns)]


def _require_free_columns(order: Order, files: list[InputFile]) -> None:
    if len(files) > 1 and INPUT_FILE in files[0].columns:
        raise InputError(f"{order.source} has the column {INPUT_FILE}, which scoring adds; rename it first")


def _job(order: Order, files: list[InputFile], rows_a_part: int) -> Job:
    content = digest_of({str(file.path): file.sha256 for file in files} | {"rows a part": str(rows_a_part)})
    return job_of(order, content).model_copy(update={"suffix": f"a folder of {order.suffix}"})


def _begin(results: Results, job: Job) -> None:
    """Begin a job, or go on with the very same."""
    journal = results.read(JOURNAL)
    if journal is None:
        results.clear()
        results.write(JOURNAL, Journal(job=job, place=Place(byte=0)).as_text())
    else:
        require_same(parsed(journal, results.folder).job, job, results.folder)


def _done(results: Results) -> set[int]:
    """Give the numbers of the parts that are done."""
    return {int(name.partition(".")[0]) for name in results.names(DONE)}


def _done_name(number: int) -> str:
    return f"{DONE}/{number:05}.json"
