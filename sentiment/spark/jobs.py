"""Jobs of Spark: a function that is called once a task on the workers, while the driver waits and can be stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillRunning
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from sentiment.errors import SparkError
from sentiment.spark.session import in_words

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

_SECONDS_BETWEEN_LOOKS = 0.5
_ANSWER = "number long, answer binary"

Work = Callable[[int], bytes]
"""What a task does, given its number, and answers."""
Stream = Callable[[int], "Iterator[pa.RecordBatch]"]
"""What a task does whose answers stay on the workers, as rows of a frame of Spark."""
Answer = TypeVar("Answer")


def nothing() -> None:
    """Do nothing meanwhile."""


def on_workers(
    session: SparkSession, work: Work, tasks: int, *, meanwhile: Callable[[], None] = nothing
) -> list[bytes]:
    """Have the workers do something once a task, and wait.

    Args:
        session: Whose workers.
        work: A function of this package, with what it needs bound to it; it may be called twice with one number, when
            a worker is lost or slow.
        tasks: It is called with each number below.
        meanwhile: Called about twice a second while the driver waits.

    Returns:
        The answers, in the order of the numbers.

    Raises:
        SparkError: A task failed as often as Spark tries it.
    """
    if not tasks:
        return []
    frame = session.range(0, tasks, 1, tasks).mapInArrow(partial(_answers, work), _ANSWER)
    found = {row.number: bytes(row.answer) for row in waited(session, frame.collect, meanwhile=meanwhile)}
    return [found[number] for number in range(tasks)]


def frame_on_workers(session: SparkSession, work: Stream, tasks: int, columns: str) -> DataFrame:
    """Describe a frame whose rows the workers make, once a task; nothing is done yet.

    Args:
        session: Whose workers.
        work: As in `on_workers`, but it yields batches of rows.
        tasks: It is called with each number below.
        columns: Names and types, as Spark writes them.
    """
    return session.range(0, tasks, 1, tasks).mapInArrow(partial(_streamed, work), columns)


def waited(session: SparkSession, action: Callable[[], Answer], *, meanwhile: Callable[[], None] = nothing) -> Answer:
    """Have Spark do something while this thread stays one that can be interrupted; raises as `on_workers`."""
    with ThreadPoolExecutor(1) as waiting:
        answer = waiting.submit(action)
        try:
            while not _is_done(answer):
                meanwhile()
        except BaseException:
            session.sparkContext.cancelAllJobs()
            raise
    try:
        return answer.result()
    except Exception as error:
        raise SparkError(f"a worker of Spark failed: {in_words(error)}") from error


def _is_done(answer: Future[Any]) -> bool:
    try:
        answer.exception(_SECONDS_BETWEEN_LOOKS)
    except StillRunning:
        return False
    return True


def _answers(work: Work, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    for batch in batches:
        numbers = batch.column(0).to_pylist()
        yield pa.RecordBatch.from_pydict({"number": numbers, "answer": [work(number) for number in numbers]})


def _streamed(work: Stream, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        for number in batch.column(0).to_pylist():
            yield from work(number)
