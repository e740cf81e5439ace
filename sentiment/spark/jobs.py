"""A job of Spark: a function that is called once a task on the workers, while the driver waits and can be stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillRunning
from functools import partial
from typing import TYPE_CHECKING, Any

from sentiment.errors import SparkError
from sentiment.spark.session import in_words

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import SparkSession

_SECONDS_BETWEEN_LOOKS = 0.5
_ANSWER = "number long, answer string"

Work = Callable[[int], str]
"""What a task does, given its number; its answer is a few bytes of JSON."""


def on_workers(
    session: SparkSession, work: Work, tasks: int, *, meanwhile: Callable[[], None] = lambda: None
) -> list[str]:
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
    with ThreadPoolExecutor(1) as waiting:
        rows = waiting.submit(frame.collect)
        try:
            while not _is_done(rows):
                meanwhile()
        except BaseException:
            session.sparkContext.cancelAllJobs()
            raise
    try:
        found = {row.number: row.answer for row in rows.result()}
    except Exception as error:
        raise SparkError(f"a worker of Spark failed: {in_words(error)}") from error
    return [found[number] for number in range(tasks)]


def _is_done(rows: Future[Any]) -> bool:
    try:
        rows.exception(_SECONDS_BETWEEN_LOOKS)
    except StillRunning:
        return False
    return True


def _answers(work: Work, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    for batch in batches:
        numbers = batch.column(0).to_pylist()
        yield pa.RecordBatch.from_pydict({"number": numbers, "answer": [work(number) for number in numbers]})
