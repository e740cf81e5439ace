"""Resampling rows: how far off a metric may be, and whether one model is really better than another.

A resample is told by how often it drew each row, and `measures` computes a metric from these weights for many
resamples at once: a thousand resamples of the test rows take a fraction of a second.

The bootstrap is conditional on both classes occurring, as every metric of a report is: a resample that drew
rows of one class only has no value. Among thousands of rows that never happens.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from sentiment.errors import InputError
from sentiment.metrics.predictions import Floats, Labels, check_predictions
from sentiment.metrics.weighted import LOWER_IS_BETTER, Measure, measure

ROUNDING = 1e-12
"""Differences up to this one come from the order of summation, and are none."""

_AT_ONCE = 64  # 2.3 MB of weights for 4,529 test rows: fits a processor's cache


class Interval(NamedTuple):
    """A 95% percentile interval (Efron & Tibshirani, "An Introduction to the Bootstrap", 1993, ch. 13)."""

    low: float
    high: float


class PairedDifference(NamedTuple):
    """How much better one model is than another on the same rows.

    Attributes:
        difference: Of the metric on all rows. Positive where the first model is better, so for a metric whose
            lower values are better the sign is turned. Exactly 0 for models that give the same predictions.
        low: Lower end of its 95% percentile interval.
        high: Upper end.
        probability_better: Share of resamples in which the first model is strictly better, in [0, 1]; 0 for
            models that give the same predictions. A resample of one class only counts against it.
    """

    difference: float
    low: float
    high: float
    probability_better: float


def paired_bootstrap(
    labels: ArrayLike,
    a_probabilities: ArrayLike,
    a_threshold: float,
    b_probabilities: ArrayLike,
    b_threshold: float,
    metric: str,
    *,
    resamples: int = 2000,
    seed: int = 0,
) -> PairedDifference:
    """Compare model a with model b on the same resamples of the same rows.

    Args:
        labels: Shape ``(n_rows,)``, 0 or 1.
        a_probabilities: Of the model that is asked about, shape ``(n_rows,)``, in [0, 1], of class 1.
        a_threshold: Its least probability that counts as a recommendation.
        b_probabilities: Of the model it is compared with.
        b_threshold: Its threshold.
        metric: A name in `metrics.summary.METRICS`.
        resamples: How many, at least 1.
        seed: Of the resamples; the same seed gives the same answer.

    Raises:
        ConfigError: `metric` is not known.
        InputError, ValueError: As `check_predictions`.
    """
    a = measure(metric, check_predictions(labels, a_probabilities, a_threshold))
    b = measure(metric, b_rows := check_predictions(labels, b_probabilities, b_threshold))
    sign = -1.0 if metric in LOWER_IS_BETTER else 1.0
    whole = np.ones((1, len(b_rows.labels)))
    difference = sign * float(a(whole)[0] - b(whole)[0])
    values = resampled([a, b], b_rows.labels, resamples=resamples, seed=seed)
    gains = sign * (values[0] - values[1])
    return PairedDifference(
        difference if abs(difference) > ROUNDING else 0.0,
        *interval(gains),
        probability_better=float(np.mean(gains > ROUNDING)),
    )


def resampled(measures: Sequence[Measure], labels: Labels, *, resamples: int, seed: int) -> Floats:
    """Take measures of the same resamples.

    Returns:
        Shape ``(n_measures, resamples)``; NaN for a resample that drew rows of one class only.

    Raises:
        ValueError: `resamples` is less than 1.
    """
    if resamples < 1:
        raise ValueError(f"{resamples} resamples found; at least 1 expected")
    blocks = []
    for weights in _draw(len(labels), resamples, seed):
        positives = weights @ labels
        values = np.stack([take(weights) for take in measures])
        values[:, (positives == 0) | (positives == len(labels))] = np.nan
        blocks.append(values)
    return np.concatenate(blocks, axis=1)


def interval(values: Floats) -> Interval:
    """Give the middle 95% of the resamples that have a value.

    Raises:
        InputError: None has: the rows are too few.
    """
    known = values[~np.isnan(values)]
    if not len(known):
        raise InputError("no resample has rows of both classes; more rows expected")
    low, high = np.percentile(known, (2.5, 97.5))
    return Interval(float(low), float(high))


def _draw(rows: int, resamples: int, seed: int) -> Iterator[Floats]:
    """Yield how often each row was drawn, ``(up to 64, rows)`` at a time: multinomial counts."""
    generator = np.random.default_rng(seed)
    for start in range(0, resamples, _AT_ONCE):
        size = min(_AT_ONCE, resamples - start)
        drawn = generator.integers(0, rows, size=(size, rows))
        drawn += np.arange(size)[:, np.newaxis] * rows
        yield np.bincount(drawn.ravel(), minlength=drawn.size).reshape(size, rows).astype(np.float64)
