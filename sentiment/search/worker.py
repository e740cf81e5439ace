"""Running one trial, in a process of its own: cross-validation on rows that were handed over once."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedKFold, train_test_split

from sentiment.metrics.summary import compute_metrics
from sentiment.models import families
from sentiment.models.families.base import Examples
from sentiment.search.trial import State, better_sign
from sentiment.training.candidates import Candidate

_STOPPING_SHARE = 0.1
_LONGEST_ERROR = 500


class Task(NamedTuple):
    """What a worker is asked to do.

    Attributes:
        bars: What the mean after each fold must not be worse than; shorter than the folds where nothing is hopeless.
        fold_seed: Of the folds.
        seed: Of the fit.
    """

    number: int
    candidate: Candidate
    metric: str
    folds: int
    fold_seed: int
    seed: int
    bars: tuple[float, ...] = ()


class Result(NamedTuple):
    """What came of a task; as in `trial.Trial`."""

    number: int
    state: State
    folds: tuple[float, ...]
    seconds: float
    error: str
    started: float


_rows: list[Examples] = []


def prepare(rows: Examples, memory: int | None) -> None:
    """Make ready a process that is a worker.

    Args:
        rows: That are learned from, and no other.
        memory: Bytes that it may take; a trial that needs more fails. None for no bound.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process of the search, which ends this one
    _rows[:] = [rows]
    if memory is not None:
        import resource  # not on Windows

        # Of what it writes, not of what is mapped: TensorFlow maps gigabytes that it never touches.
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))


def run(task: Task) -> Result:
    """Run one trial on the rows that the process was prepared with; whatever it raises is its result."""
    started, began = time.time(), time.perf_counter()
    scores: list[float] = []
    state: State = "done"
    error = ""
    try:
        for score in _scores(_rows[0], task):
            scores.append(score)
            if is_hopeless(scores, task):
                state = "pruned"
                break
    except Exception as raised:  # a trial that raises is a result
        state, scores = "failed", []
        error = f"{type(raised).__name__}: {raised}"[:_LONGEST_ERROR]
    return Result(task.number, state, tuple(scores), time.perf_counter() - began, error, started)


def is_hopeless(scores: Sequence[float], task: Task) -> bool:
    """Whether the mean so far is worse than its bar; after the last fold nothing is left to save."""
    done = len(scores)
    if done >= task.folds or done > len(task.bars):
        return False
    sign = better_sign(task.metric)
    return sign * float(np.mean(scores)) < sign * task.bars[done - 1]


def _scores(rows: Examples, task: Task) -> Iterator[float]:
    stops_early = getattr(families.get(task.candidate.family), "STOPS_EARLY", False)
    folds = StratifiedKFold(task.folds, shuffle=True, random_state=task.fold_seed)
    for learned, asked in folds.split(rows.labels, rows.labels):
        # A text that is asked about is not learned from.
        known = {rows.documents[position] for position in asked}
        train = np.array([position for position in learned if rows.documents[position] not in known])
        stop = train
        if stops_early:
            labels = rows.labels[train]
            train, stop = train_test_split(
                train, test_size=_STOPPING_SHARE, random_state=task.fold_seed, stratify=labels
            )
        model = task.candidate.fit(_take(rows, train), _take(rows, stop), task.seed).model
        held_out = _take(rows, asked)
        probabilities = model.predict_proba(held_out.documents)
        metrics = compute_metrics(held_out.labels, probabilities, model.threshold, resamples=1)
        score = metrics.value(task.metric)
        if not np.isfinite(score):
            raise ValueError(f"{task.metric} is {score} on a fold; a number expected")
        yield score


def _take(rows: Examples, positions: NDArray[np.intp]) -> Examples:
    return Examples(
        [rows.documents[position] for position in positions],
        rows.labels[positions],
        None if rows.ratings is None else rows.ratings[positions],
    )
