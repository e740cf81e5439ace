"""Having a place in an object store alone.

A store knows no locks that go when their owner is killed. So an owner shows that it is alive: it writes to an object
every few seconds, and one that nobody has written to for a while is free.

Source of the method: Gray and Cheriton, "Leases: an efficient fault-tolerant mechanism for distributed file cache
consistency" (1989); told by changes of the object and not by clocks, which differ between machines.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from typing import TYPE_CHECKING
from uuid import uuid4

from sentiment.errors import InputError
from sentiment.spark.stores import read_object

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

BEAT = 3.0
"""Seconds between two signs of life."""
SILENCE = 5 * BEAT
"""Seconds without one after which an owner is taken for dead."""


@contextmanager
def lease(store: AbstractFileSystem, path: str, what: str) -> Iterator[Callable[[], None]]:
    """Have something alone.

    Args:
        store: Where the object is.
        path: Of the object; it is removed in the end.
        what: What one has, for people.

    Yields:
        A function that raises where somebody else has it by now, which can be when this process stood still for long.

    Raises:
        InputError: Another process has it.
    """
    mine, ended, lost = uuid4().hex, threading.Event(), threading.Event()
    taken = InputError(f"another process is writing {what} now")

    def is_mine() -> bool:
        found = read_object(store, path)
        return found is not None and found.startswith(mine.encode())

    def live() -> None:
        for beat in count(1):
            if ended.wait(BEAT):
                return
            with suppress(Exception):  # a store that is out of reach for a moment; the work itself says if it stays so
                if not is_mine():
                    lost.set()
                    return
                store.pipe_file(path, f"{mine} {beat}".encode())

    def require() -> None:
        if lost.is_set():
            raise taken

    _wait_for_silence(store, path, taken)
    store.pipe_file(path, mine.encode())
    time.sleep(1)  # of two that took it in one moment, the later one has it
    if not is_mine():
        raise taken
    living = threading.Thread(target=live, daemon=True)
    living.start()
    try:
        yield require
    finally:
        ended.set()
        living.join()
        with suppress(Exception):  # what is left of it is free after a while
            if not lost.is_set() and is_mine():
                store.rm_file(path)


def _wait_for_silence(store: AbstractFileSystem, path: str, taken: InputError) -> None:
    """Wait until the owner, if there is one, has shown no sign of life for long enough."""
    found, until = read_object(store, path), time.monotonic() + SILENCE
    while found is not None and time.monotonic() < until:
        time.sleep(BEAT / 3)
        if read_object(store, path) != found:
            raise taken
