"""What is known of one trial, and of a whole search."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict

from sentiment.metrics.weighted import LOWER_IS_BETTER
from sentiment.phrases import amount
from sentiment.search.space import Value
from sentiment.training.candidates import Candidate

State = Literal["done", "pruned", "failed"]


class Trial(BaseModel):
    """One candidate that was tried.

    Attributes:
        number: From 0, which is the candidate that must be beaten.
        values: By dimension; empty for a start that lies outside the space.
        state: ``pruned`` is ended early, as hopeless.
        folds: The metric on each fold that was finished.
        seconds: All folds together.
        error: Why it failed; empty otherwise.
        started: In seconds since 1970.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int
    values: dict[str, Value]
    candidate: Candidate
    state: State
    folds: tuple[float, ...] = ()
    seconds: float = 0.0
    error: str = ""
    started: float = 0.0

    @property
    def score(self) -> float | None:
        """The mean of the folds; None without any."""
        return float(np.mean(self.folds)) if self.folds else None


class Gain(BaseModel):
    """How much better the best is than the start, on the same folds: new ones, that chose nothing.

    Attributes:
        best: The metric of the best on each fold.
        start: Of the start.
        mean: Of the differences; positive is better, whatever the metric.
        low: Of the interval that holds 95 % by Student's t over the folds.
        high: Of the same.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    best: tuple[float, ...]
    start: tuple[float, ...]
    mean: float
    low: float
    high: float

    @property
    def is_sure(self) -> bool:
        """Whether the whole interval is above 0."""
        return self.low > 0


class Search(BaseModel):
    """What came of a search.

    Attributes:
        name: Of the search.
        engine: That proposed.
        metric: That judged.
        trials: By number.
        best: Number of the best.
        gain: None where the start itself is the best.
        importance: Share of the scores' variance that each dimension explains by itself, largest first.
        ended: Why: ``trials``, ``minutes`` or ``interrupted``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    engine: str
    algorithm: str
    seed: int
    metric: str
    trials: tuple[Trial, ...]
    best: int
    gain: Gain | None
    importance: dict[str, float]
    ended: str

    @property
    def best_trial(self) -> Trial:
        """The trial with the best score."""
        return next(trial for trial in self.trials if trial.number == self.best)

    @property
    def winner(self) -> Candidate:
        """The candidate that is worth training: the best where its gain is sure, else the start."""
        return self.best_trial.candidate if self.gain and self.gain.is_sure else self.trials[0].candidate

    def verdict(self) -> str:
        """Say what was gained, in a sentence."""
        start = self.trials[0].candidate.name
        if self.gain is None:
            return f"No gain: of {amount(len(self.trials), 'trial')} none is better than {start}."
        gain = self.gain
        interval = f"{gain.mean:+.4f} {self.metric}, 95 % interval {gain.low:+.4f} to {gain.high:+.4f}"
        if gain.is_sure:
            return f"Trial {self.best} is better than {start} on new folds: {interval}."
        return f"No gain: on new folds trial {self.best} is not surely better than {start} ({interval})."

    def ranked(self) -> list[Trial]:
        """Give finished trials, best first; among equals the earlier comes first."""
        return ranked(self.trials, self.metric)

    def best_so_far(self) -> list[float]:
        """Give the best score after each finished trial, in order."""
        sign = better_sign(self.metric)
        scores = [sign * trial.score for trial in self.trials if trial.state == "done" and trial.score is not None]
        return (sign * np.maximum.accumulate(scores)).tolist() if scores else []


def better_sign(metric: str) -> int:
    """Give what a metric is multiplied with to be better when it is higher."""
    return -1 if metric in LOWER_IS_BETTER else 1


def ranked(trials: Sequence[Trial], metric: str) -> list[Trial]:
    """See `Search.ranked`."""
    sign = better_sign(metric)
    done = [trial for trial in trials if trial.state == "done" and trial.score is not None]
    return sorted(done, key=lambda trial: (-sign * (trial.score or 0.0), trial.number))


def changes(candidate: Candidate, start: Candidate) -> dict[str, Any]:
    """Name what a candidate has that the start has not."""
    own, other = (_flat(one) for one in (candidate, start))
    return {key: value for key, value in own.items() if other.get(key, math.nan) != value}


def _flat(candidate: Candidate) -> dict[str, Any]:
    found: dict[str, Any] = {"family": candidate.family, "recipe": candidate.recipe}
    for name, value in candidate.params.items():
        if isinstance(value, dict):
            found |= {f"{name}.{inner}": one for inner, one in value.items()}
        else:
            found[name] = value
    return found
