"""Training rows as features, kept on the workers, which add up what is asked about them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer

from sentiment.metrics.predictions import Floats
from sentiment.models import ngrams
from sentiment.reviews.reading import examples
from sentiment.spark.counting import packed, unpacked
from sentiment.spark.jobs import frame_on_workers, waited
from sentiment.spark.rows import Given, Side, asked, rows_of

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

_BLOCK = "block binary"
_ROWS_A_BLOCK = 4096
_BATCH, _BLOCKS_A_BATCH = "spark.sql.execution.arrow.maxRecordsPerBatch", "16"
"""Blocks of a few megabytes, few of which are on their way to a worker at once: Spark would send it ten thousand."""
Summing = Callable[["Block"], dict[str, NDArray[Any]]]
Asking = Callable[["Iterator[pa.RecordBatch]"], "Iterator[pa.RecordBatch]"]


class Block(NamedTuple):
    """A few thousand training rows.

    Attributes:
        features: Shape ``(n_rows, n_features)``.
        labels: Shape ``(n_rows,)``.
        ratings: Shape ``(n_rows,)``, NaN where there is none.
        learned: Shape ``(n_rows,)``: 0 for a row that models are asked about before they learn from it, else 1.
    """

    features: csr_matrix
    labels: NDArray[np.float64]
    ratings: Floats
    learned: Floats


@dataclass(frozen=True)
class Blocks:
    """All training rows as features, on the workers.

    Attributes:
        session: Whose workers.
        frame: A block a row.
        features: How many.
        rows: How many.
        held_out: Of these, those that are asked about first.
    """

    session: SparkSession
    frame: DataFrame
    features: int
    rows: int
    held_out: int

    def sums(self, work: Summing) -> dict[str, NDArray[Any]]:
        """Add up what `work` gives for every block: on each worker first, then here."""
        context = self.session.sparkContext
        answers = self._answers(partial(_summed, work), self.frame.coalesce(context.defaultParallelism))
        return {name: np.sum([answer[name] for answer in answers], axis=0) for name in answers[0]}

    def each(self, work: Summing) -> dict[str, NDArray[Any]]:
        """Put together, one below the other, what `work` gives for every block."""
        answers = self._answers(partial(_one_by_one, work), self.frame)
        return {name: np.concatenate([answer[name] for answer in answers]) for name in answers[0]}

    def _answers(self, asking: Asking, frame: DataFrame) -> list[dict[str, NDArray[Any]]]:
        asked = frame.mapInArrow(asking, _BLOCK)
        return [unpacked(bytes(row.block)) for row in waited(self.session, asked.collect)]


@contextmanager
def blocks_of(session: SparkSession, given: Given, vectorizer: TfidfVectorizer, share: float) -> Iterator[Blocks]:
    """Make the features of all training rows, and keep them until the body ends.

    Args:
        session: Whose workers.
        given: All rows.
        vectorizer: Fitted.
        share: Of the rows, that models are asked about before they learn from them.
    """
    from pyspark import StorageLevel

    sent = session.sparkContext.broadcast(vectorizer)
    frame = frame_on_workers(session, partial(_with_features, given, share, sent), len(given.parts), _BLOCK)
    kept = frame.persist(StorageLevel.DISK_ONLY)
    usual = session.conf.get(_BATCH) or ""
    session.conf.set(_BATCH, _BLOCKS_A_BATCH)
    try:
        blocks = Blocks(session, kept, len(vectorizer.vocabulary_), 0, 0)
        counts = blocks.sums(_count)
        yield replace(blocks, rows=int(counts["rows"]), held_out=int(counts["held_out"]))
    finally:
        session.conf.set(_BATCH, usual)
        kept.unpersist()


def _with_features(given: Given, share: float, sent: Any, number: int) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    found = rows_of(given, number, Side.TRAINING)
    for first in range(0, len(found), _ROWS_A_BLOCK):
        some = found.iloc[first : first + _ROWS_A_BLOCK]
        rows = examples(some)
        features = ngrams.transform(sent.value, rows.documents)
        features.sort_indices()
        unknown = np.full(len(rows.labels), np.nan)
        block = packed(
            starts=features.indptr.astype(np.int64),
            columns=features.indices.astype(np.int32),
            values=features.data.astype(np.float32),
            labels=rows.labels.astype(np.int8),
            ratings=(unknown if rows.ratings is None else rows.ratings).astype(np.float32),
            learned=~asked(some["key"].to_numpy(), share),
            width=np.array([features.shape[1]]),
        )
        yield pa.RecordBatch.from_pydict({"block": [block]})


def _blocks(batches: Iterator[pa.RecordBatch]) -> Iterator[Block]:
    for batch in batches:
        for content in batch.column(0):
            part = unpacked(content.as_py())
            shape = (len(part["labels"]), int(part["width"][0]))
            features = csr_matrix((part["values"], part["columns"], part["starts"]), shape=shape)
            labels, ratings, learned = (part[name].astype(np.float64) for name in ("labels", "ratings", "learned"))
            yield Block(features, labels, ratings, learned)


def _summed(work: Summing, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Add up, on a worker, what `work` gives for its blocks; one answer a task."""
    import pyarrow as pa

    total: dict[str, NDArray[Any]] = {}
    for block in _blocks(batches):
        for name, value in work(block).items():
            total[name] = total[name] + value if name in total else value
    if total:
        yield pa.RecordBatch.from_pydict({"block": [packed(**total)]})


def _one_by_one(work: Summing, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Give, on a worker, what `work` gives for each of its blocks."""
    import pyarrow as pa

    for block in _blocks(batches):
        yield pa.RecordBatch.from_pydict({"block": [packed(**work(block))]})


def _count(block: Block) -> dict[str, NDArray[Any]]:
    return {"rows": np.array(len(block.labels)), "held_out": np.array(int((1 - block.learned).sum()))}
