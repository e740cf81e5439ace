"""Where the results of a job go: a folder that every machine can write to, or an object store.

What belongs to a job that is not finished lies beside its output, in ``OUT.partial``::

    journal.json          what is scored with what
    scored/part-….csv     or .parquet: one file a part
    rejected/part-….csv   of the parts that have rows that could not be scored
    done/….json           one a part, written last: it is done, and how many rows it has
    writing-…/            what a worker is at, unless it is at it on a disk of its own

Each of these is put there in one piece. A part is the same whoever writes it: so a worker that is lost, and one that is
slow and has its work done twice, change nothing.
"""

from __future__ import annotations

import shutil
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

from sentiment.addresses import is_address
from sentiment.atomic import write_atomically
from sentiment.errors import InputError
from sentiment.scoring.journal import JOURNAL, forget_journal
from sentiment.scoring.order import (
    LOCK,
    REJECTED_ROWS,
    UNFINISHED,
    Order,
    alone,
    check_destination,
    require_suffix,
)
from sentiment.spark.files import folder_of_job
from sentiment.spark.jobs import nothing
from sentiment.spark.lease import lease
from sentiment.spark.stores import read_object, store_of, told

SUCCESS = "_SUCCESS"
"""The empty file in a folder of parts that says that all are there, as every job of Spark leaves it."""
SCORED, REJECTED, DONE = "scored", "rejected", "done"
_WRITING = "writing-"
_AT_ONCE = 16
"""Requests to a store."""


class Results(ABC):
    """Where the results of one job go.

    Attributes:
        destination: Of the scored rows: a path, or an address.
        rejected: Of those that could not be scored.
        folder: Of the job, until it is finished.
    """

    def __init__(self, order: Order) -> None:
        self.order = order
        self.destination = str(order.destination).rstrip("/")
        self.rejected = f"{self.destination}{REJECTED_ROWS}"
        self.folder = f"{self.destination}{UNFINISHED}"

    @abstractmethod
    def check(self) -> None:
        """Check where the output is to go.

        Raises:
            InputError: It cannot be written, or is there already.
        """

    @abstractmethod
    def alone(self) -> AbstractContextManager[Callable[[], None]]:
        """Have the folder of the job, which nobody else then writes to; emptied, if the order says so.

        Yields:
            A function that raises where that is no longer so.

        Raises:
            InputError: Another process has it.
        """

    @abstractmethod
    def clear(self) -> None:
        """Forget all that there is of a job."""

    @abstractmethod
    def names(self, below: str) -> list[str]:
        """Name what lies below a folder of the job, in any order."""

    @abstractmethod
    def read(self, name: str) -> bytes | None:
        """Read something of the job; None if it is not there."""

    @abstractmethod
    def write(self, name: str, content: str) -> None:
        """Write something of the job, in one piece."""

    @abstractmethod
    def writing(self) -> AbstractContextManager[Path]:
        """Give a folder on this machine, for what is not finished yet."""

    @abstractmethod
    def put(self, file: Path, name: str) -> None:
        """Make a finished file one of the job, in one piece."""

    @abstractmethod
    def put_in_place(self) -> None:
        """Make the parts the output, and forget the job; killed in between, the next run does the rest."""


def results_of(order: Order) -> Results:
    """Give the place of the results of an order."""
    return InStore(order) if is_address(order.destination) else OnDisk(order)


class OnDisk(Results):
    """In a folder of a file system that all machines share."""

    def check(self) -> None:
        """Check where the output is to go; raises as `Results.check`."""
        check_destination(self.order)

    @contextmanager
    def alone(self) -> Iterator[Callable[[], None]]:
        """Have the folder of the job."""
        with alone(self.order):
            for left in self._path.glob(f"{_WRITING}*"):
                shutil.rmtree(left)
            yield nothing

    def clear(self) -> None:
        """Forget all that there is of a job."""
        for left in self._path.iterdir():
            if left.is_dir():
                shutil.rmtree(left)
            elif left.name != LOCK:
                left.unlink()
        for below in (SCORED, REJECTED, DONE):
            (self._path / below).mkdir()

    def names(self, below: str) -> list[str]:
        """Name what lies below a folder of the job."""
        return [path.name for path in (self._path / below).glob("[!.]*")]  # what is written atomically begins so

    def read(self, name: str) -> bytes | None:
        """Read something of the job; None if it is not there."""
        path = self._path / name
        return path.read_bytes() if path.exists() else None

    def write(self, name: str, content: str) -> None:
        """Write something of the job."""
        write_atomically(self._path / name, content)

    @contextmanager
    def writing(self) -> Iterator[Path]:
        """Give a folder on the same file system, from which a file can be moved in one piece."""
        with tempfile.TemporaryDirectory(prefix=_WRITING, dir=self._path) as folder:
            yield Path(folder)

    def put(self, file: Path, name: str) -> None:
        """Move a finished file."""
        file.replace(self._path / name)

    def put_in_place(self) -> None:
        """Make the parts the output."""
        for below, place in ((SCORED, Path(self.destination)), (REJECTED, Path(self.rejected))):
            parts = self._path / below
            if not parts.exists():
                continue  # in place already
            if below == SCORED or any(parts.iterdir()):
                (parts / SUCCESS).touch()
                self._make_room(place)
                parts.rename(place)
            elif self.order.overwrite:
                self._make_room(place)
        forget_journal(self._path)
        shutil.rmtree(self._path)

    @property
    def _path(self) -> Path:
        return Path(self.folder)

    def _make_room(self, place: Path) -> None:
        """Move what is there out of the way, to go with the folder of the job."""
        if place.exists():
            place.rename(Path(tempfile.mkdtemp(prefix="replaced-", dir=self._path)) / place.name)


class InStore(Results):
    """In an object store. A worker writes on its own disk; objects appear in one piece, as stores do it."""

    def check(self) -> None:
        """Check where the output is to go; raises as `Results.check`."""
        require_suffix(self.order)
        with self._told("read"):
            is_there = self._find(self.destination) and not self._find(self.folder)
        if is_there and not self.order.overwrite:
            raise InputError(f"{self.destination} exists already; --overwrite replaces it")

    @contextmanager
    def alone(self) -> Iterator[Callable[[], None]]:
        """Have the folder of the job."""
        with ExitStack() as had:
            with self._told("written"):
                store, lock = store_of(self._of(LOCK))
                require = had.enter_context(lease(store, lock, self.destination))
            if self.order.restart:
                self.clear()
            yield require

    def clear(self) -> None:
        """Forget all that there is of a job; its journal first, without which the rest means nothing."""
        with self._told("written"):
            found = [path for path in self._find(self.folder) if not path.endswith(f"/{LOCK}")]
            self._remove(found, first=JOURNAL)

    def names(self, below: str) -> list[str]:
        """Name what lies below a folder of the job."""
        with self._told("read"):
            return [path.rpartition("/")[2] for path in self._find(self._of(below))]

    def read(self, name: str) -> bytes | None:
        """Read something of the job; None if it is not there."""
        store, path = store_of(self._of(name))
        with self._told("read"):
            return read_object(store, path)

    def write(self, name: str, content: str) -> None:
        """Write something of the job."""
        store, path = store_of(self._of(name))
        with self._told("written"):
            store.pipe_file(path, content.encode())

    @contextmanager
    def writing(self) -> Iterator[Path]:
        """Give a folder on this machine."""
        with tempfile.TemporaryDirectory(prefix=_WRITING, dir=folder_of_job()) as folder:
            yield Path(folder)

    def put(self, file: Path, name: str) -> None:
        """Upload a finished file."""
        store, path = store_of(self._of(name))
        with self._told("written"):
            store.put_file(str(file), path)

    def put_in_place(self) -> None:
        """Make the parts the output: copied within the store, since it cannot rename, and `SUCCESS` last."""
        for below, place in ((SCORED, self.destination), (REJECTED, self.rejected)):
            with self._told("written"):
                store, target = store_of(place)
                parts = self._find(self._of(below))
                is_wanted = below == SCORED or bool(parts)
                if is_wanted or self.order.overwrite:
                    self._remove(self._find(place), first=SUCCESS)
                if is_wanted:
                    store.copy(parts, [f"{target}/{path.rpartition('/')[2]}" for path in parts])
                    store.pipe_file(f"{target}/{SUCCESS}", b"")
        self.clear()

    def _of(self, name: str) -> str:
        return f"{self.folder}/{name}"

    def _find(self, address: str) -> list[str]:
        store, path = store_of(address)
        found: list[str] = store.find(path)
        return found

    def _remove(self, paths: list[str], *, first: str) -> None:
        """Remove objects; before all others the one of this name, without which they mean nothing."""
        store, _ = store_of(self.destination)
        with ThreadPoolExecutor(_AT_ONCE) as requests:  # to `rm`, brackets in a name would be a pattern
            for is_first in (True, False):
                list(requests.map(store.rm_file, [path for path in paths if path.endswith(f"/{first}") is is_first]))

    def _told(self, what: str) -> AbstractContextManager[None]:
        return told(f"{self.destination} cannot be {what}")
