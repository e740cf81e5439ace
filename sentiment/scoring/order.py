"""What is to be scored, where to, and how far an earlier run got with the very same."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from sentiment.errors import InputError
from sentiment.reviews.schema import ARTICLE, Schema
from sentiment.reviews.source import Source, opened
from sentiment.scoring.journal import Job, Journal, read_journal
from sentiment.scoring.writing import SUFFIXES

ADDED = ("input_row", "probability", "recommended", "model_version", "known_words")
"""Columns of the output that the input must not have."""

_LOCK = "lock"


@dataclass(frozen=True)
class Order:
    """What is to be done.

    Attributes:
        source: A file of reviews; for Spark, what `spark.files.input_files` takes.
        destination: ``.csv`` or ``.parquet``.
        version: Of the registered model, for the output.
        workers: Processes.
        restart: Forget how far an earlier run got.
        overwrite: Replace the destination if it is there.
        schema: Names the columns that the model reads.
        exact: Leave text that a spreadsheet would take for a formula as it is.
    """

    source: Path | str
    destination: Path
    version: str
    encoding: str = "utf-8"
    workers: int = 1
    restart: bool = False
    overwrite: bool = False
    schema: Schema = ARTICLE
    exact: bool = False

    @property
    def folder(self) -> Path:
        """Where an unfinished run lies."""
        return self.destination.with_name(self.destination.name + ".partial")

    @property
    def rejected_file(self) -> Path:
        """Where the rows go that could not be scored."""
        return self.destination.with_name(f"{self.destination.name}.rejected.csv")


def check_order(order: Order) -> None:
    """Check everything that can be checked before a model is loaded.

    Raises:
        InputError: The input cannot be read, or the output cannot be written or is there already.
    """
    check_destination(order)
    with opened_for(order):
        pass


def check_destination(order: Order) -> None:
    """Check where the output is to go.

    Raises:
        InputError: It cannot be written, or is there already.
    """
    if order.destination.suffix not in SUFFIXES:
        raise InputError(f"{order.destination} must end in {' or '.join(SUFFIXES)}")
    if not order.destination.parent.is_dir():
        raise InputError(f"{order.destination.parent} is not a folder; the output's folder must exist")
    if order.destination.exists() and not order.overwrite and not order.folder.exists():
        raise InputError(f"{order.destination} exists already; --overwrite replaces it")


@contextmanager
def opened_for(order: Order, folder: Path | None = None) -> Iterator[Source]:
    """Open the input, and check its columns.

    Args:
        order: What is to be done.
        folder: As in `reviews.source.opened`.

    Raises:
        InputError: It cannot be read, or has columns that the output adds.
    """
    expected = order.schema.required(label=False)
    path, quoted = Path(order.source), order.schema.quoted
    with opened(path, encoding=order.encoding, expected=expected, quoted=quoted, folder=folder) as source:
        if taken := [name for name in ADDED if name in source.header]:
            raise InputError(f"{order.source} has columns that scoring adds: {', '.join(taken)}; rename them first")
        yield source


def output_columns(header: Sequence[str]) -> list[str]:
    """Name the columns of the output for an input with these."""
    return [ADDED[0], *header, *ADDED[1:]]


@contextmanager
def alone(order: Order) -> Iterator[None]:
    """Have the folder of an unfinished run, which nobody else then writes to.

    Raises:
        InputError: Another process has it.
    """
    if order.restart:
        shutil.rmtree(order.folder, ignore_errors=True)
    order.folder.mkdir(exist_ok=True)
    try:
        with FileLock(order.folder / _LOCK, timeout=0):
            yield
    except Timeout as error:
        raise InputError(f"another process is writing {order.destination} now") from error


def job_of(order: Order, source_sha256: str) -> Job:
    """Say what is scored with what."""
    return Job(
        source_sha256=source_sha256,
        encoding=order.encoding,
        version=order.version,
        suffix=order.destination.suffix,
        schema_settings=order.schema.settings(),
        exact=order.exact,
    )


def begun(order: Order, job: Job) -> Journal | None:
    """Give the journal of an unfinished run of this very job; where there is none, nothing else is left of one.

    Raises:
        InputError: The unfinished run is one of something else.
    """
    found = read_journal(order.folder)
    if found is None:
        for leftover in order.folder.iterdir():
            if leftover.name != _LOCK and leftover.is_file():
                leftover.unlink()
        return None
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
