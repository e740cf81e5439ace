"""What is to be scored, where to, and how far an earlier run got with the very same."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePath

from filelock import FileLock, Timeout

from sentiment.apart import require_apart
from sentiment.errors import InputError
from sentiment.reviews.schema import ARTICLE, Schema
from sentiment.reviews.source import Source, opened
from sentiment.scoring.journal import Job, Journal, read_journal
from sentiment.scoring.writing import SUFFIXES

ADDED = ("input_row", "probability", "recommended", "model_version", "known_words")
"""Columns of the output that the input must not have."""

UNFINISHED, REJECTED_ROWS = ".partial", ".rejected.csv"
"""What follows the name of the destination: for the folder of an unfinished run, and for rows that were not scored."""
LOCK = "lock"
"""What the folder of an unfinished run has in it while a process is at it, whatever else there is."""


@dataclass(frozen=True)
class Order:
    """What is to be done.

    Attributes:
        source: A file of reviews; for Spark, what `spark.files.input_files` takes.
        destination: ``.csv`` or ``.parquet``; for Spark, the address of objects too.
        version: Of the registered model, for the output.
        workers: Processes.
        restart: Forget how far an earlier run got.
        overwrite: Replace the destination if it is there.
        schema: Names the columns that the model reads.
        exact: Leave text that a spreadsheet would take for a formula as it is.
    """

    source: Path | str
    destination: Path | str
    version: str
    encoding: str = "utf-8"
    workers: int = 1
    restart: bool = False
    overwrite: bool = False
    schema: Schema = ARTICLE
    exact: bool = False

    @property
    def suffix(self) -> str:
        """Of the destination, which says what it is."""
        return PurePath(self.destination).suffix

    @property
    def folder(self) -> Path:
        """Where an unfinished run lies."""
        return Path(f"{self.destination}{UNFINISHED}")

    @property
    def rejected_file(self) -> Path:
        """Where the rows go that could not be scored."""
        return Path(f"{self.destination}{REJECTED_ROWS}")

    @property
    def written(self) -> tuple[Path, Path, Path]:
        """All that is made or replaced."""
        return Path(self.destination), self.rejected_file, self.folder


def check_order(order: Order) -> None:
    """Check everything that can be checked before a model is loaded.

    Raises:
        InputError: The input cannot be read, or the output cannot be written, is there already or is the input.
    """
    check_destination(order)
    require_apart(order.written, [Path(order.source)])
    with opened_for(order):
        pass


def check_destination(order: Order) -> None:
    """Check where the output is to go.

    Raises:
        InputError: It cannot be written, or is there already.
    """
    require_suffix(order)
    destination = Path(order.destination)
    if not destination.parent.is_dir():
        raise InputError(f"{destination.parent} is not a folder; the output's folder must exist")
    if destination.exists() and not order.overwrite and not order.folder.exists():
        raise InputError(f"{destination} exists already; --overwrite replaces it")


def require_suffix(order: Order) -> None:
    """Refuse a destination that does not say what it is to be.

    Raises:
        InputError: It does not.
    """
    if order.suffix not in SUFFIXES:
        raise InputError(f"{order.destination} must end in {' or '.join(SUFFIXES)}")


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
        with FileLock(order.folder / LOCK, timeout=0):
            yield
    except Timeout as error:
        raise InputError(f"another process is writing {order.destination} now") from error


def job_of(order: Order, source_sha256: str) -> Job:
    """Say what is scored with what."""
    return Job(
        source_sha256=source_sha256,
        encoding=order.encoding,
        version=order.version,
        suffix=order.suffix,
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
            if leftover.name != LOCK and leftover.is_file():
                leftover.unlink()
        return None
    require_same(found.job, job, order.folder)
    return found


def require_same(found: Job, job: Job, folder: Path | str) -> None:
    """Refuse to go on with another job than the one that was begun.

    Args:
        found: What was begun.
        job: What is to be done now.
        folder: Of the unfinished run, for people.

    Raises:
        InputError: They differ.
    """
    if found != job:
        differing = ", ".join(
            f"{name} was {getattr(found, name)} and is {getattr(job, name)}"
            for name in Job.model_fields
            if getattr(found, name) != getattr(job, name)
        )
        raise InputError(
            f"{folder} has an unfinished run of something else: {differing}. "
            "Go on with what it was, or begin again with --restart."
        )
