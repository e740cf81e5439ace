"""Worker processes: each runs one trial at a time, and one that dies takes no other trial with it."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from time import time
from types import TracebackType

import psutil

from sentiment.models.families.base import Examples
from sentiment.search.worker import Result, Task, prepare, run

_IMPORTED_BEFORE_A_FORK = ["pandas", "pydantic", "sklearn.linear_model", "sklearn.model_selection", "sklearn.svm"]
"""What takes each worker two seconds otherwise."""


class Pool:
    """Processes that run trials.

    Args:
        rows: That are learned from.
        workers: Processes.
        memory: Bytes that each may take, or None.
    """

    def __init__(self, rows: Examples, workers: int, memory: int | None) -> None:
        self._rows, self._workers, self._memory = rows, workers, memory
        self._executor = self._start(workers)

    def __enter__(self) -> Pool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def run(self, tasks: Sequence[Task]) -> Iterator[Result]:
        """Run tasks, and give their results as they end.

        A process that ends in the middle of a trial, for want of memory maybe, breaks the pool: what was not finished
        is run again, each alone, and what ends its process then has failed.
        """
        left = {task.number: task for task in tasks}
        try:
            for result in self._together(tasks):
                del left[result.number]
                yield result
        except BrokenProcessPool:
            for task in left.values():
                yield self._alone(task)
            self.restart()

    def restart(self) -> None:
        """Give up what runs, and begin with new processes."""
        self._stop()
        self._executor = self._start(self._workers)

    def _together(self, tasks: Sequence[Task]) -> Iterator[Result]:
        waiting = {self._executor.submit(run, task) for task in tasks}
        while waiting:
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            yield from sorted((future.result() for future in done), key=lambda result: result.number)

    def _alone(self, task: Task) -> Result:
        self._stop()
        self._executor = self._start(1)
        began = time()
        try:
            return self._executor.submit(run, task).result()
        except BrokenProcessPool:
            error = "its process ended in the middle, as one does that needs more memory than there is"
            return Result(task.number, "failed", (), time() - began, error, began)

    def _start(self, workers: int) -> ProcessPoolExecutor:
        # A server with one thread forks the workers. The process of the search has more threads, and a fork would copy
        # them in whatever state they are. The server does not import this project: it may find another checkout of it.
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(_IMPORTED_BEFORE_A_FORK)
        return ProcessPoolExecutor(
            workers,
            mp_context=context,
            initializer=prepare,
            initargs=(self._rows, self._memory),
        )

    def _stop(self) -> None:
        """End the processes now; a trial that runs is given up."""
        for process in list((self._executor._processes or {}).values()):
            process.kill()
        self._executor.shutdown(wait=True, cancel_futures=True)


def memory_for(workers: int) -> int:
    """Give the bytes that each of some workers may take, of what is free now."""
    return max(int(psutil.virtual_memory().available * 0.9) // workers, 1_000_000_000)
