"""Probabilities of chunks, in order: here, or in worker processes with a bounded number of chunks on their way."""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing.context import BaseContext
from pathlib import Path

from sentiment.models.files import load_scorer
from sentiment.models.scorer import Scorer, Scores
from sentiment.scoring.reading import Chunk

_CHUNKS_A_WORKER = 3
_scorer: Scorer | None = None


def score_chunks(
    chunks: Iterable[Chunk], scorer: Scorer, model_files: Path, *, workers: int
) -> Iterator[tuple[Chunk, Scores]]:
    """Score chunks, in order.

    Args:
        chunks: Read as they are needed.
        scorer: The model.
        model_files: The same, as `models.files.save_model` wrote it, for processes that cannot inherit it.
        workers: Processes; with 1, this one does it.

    Yields:
        Each chunk with what the model says of it.
    """
    if workers == 1:
        for chunk in chunks:
            yield chunk, scorer.score(chunk.documents)
        return
    with _pool(scorer, model_files, workers) as pool:
        pending: deque[tuple[Chunk, Future[Scores]]] = deque()
        for chunk in chunks:
            pending.append((chunk, pool.submit(_predict, chunk.documents)))
            if len(pending) == workers * _CHUNKS_A_WORKER:
                first, future = pending.popleft()
                yield first, future.result()
        for rest, future in pending:
            yield rest, future.result()


def _pool(scorer: Scorer, model_files: Path, workers: int) -> ProcessPoolExecutor:
    """Start workers that have the model: by forking where that is safe, else by loading it again.

    A fork copies only the thread that forks, with whatever locks the others hold; so only a process with a single
    thread, and without TensorFlow's own, is forked.
    """
    context: BaseContext
    source: Scorer | Path
    if sys.platform == "linux" and threading.active_count() == 1 and "tensorflow" not in sys.modules:
        context, source = multiprocessing.get_context("fork"), scorer
    else:
        context, source = multiprocessing.get_context("spawn"), model_files
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_begin, initargs=(source, os.getpid()))


def _begin(source: Scorer | Path, parent: int) -> None:
    """Take or load the model, and end when the process that asks for scores does: killed, it cannot say so."""
    global _scorer  # noqa: PLW0603  (one a process)
    _scorer = load_scorer(source) if isinstance(source, Path) else source
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _predict(documents: list[str]) -> Scores:
    if _scorer is None:
        raise RuntimeError("the worker has no model")
    return _scorer.score(documents)
