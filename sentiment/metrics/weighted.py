"""Every metric as a function of row weights, for many weightings at once.

With all weights 1 the values are scikit-learn's, and with whole numbers those of rows repeated so often.
Precision, recall, F1 and average precision are of the class that does not recommend.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from sentiment.errors import ConfigError
from sentiment.metrics.predictions import Floats, Predictions

CALIBRATION_BINS = 15
LOWER_IS_BETTER = frozenset({"brier", "log_loss", "ece"})

Measure = Callable[[Floats], Floats]
"""From weights ``(n_weightings, n_rows)`` to values ``(n_weightings,)``; meaningless for one class only."""

_Counts = Callable[[Floats, Floats, Floats, Floats], Floats]


def calibration_bins(probabilities: Floats) -> NDArray[np.intp]:
    """Number the bin of each probability: 15 of equal width, each with its upper edge, the first with 0 too.

    As in Guo et al., "On Calibration of Modern Neural Networks", ICML 2017, section 2.
    """
    return np.searchsorted(np.arange(1, CALIBRATION_BINS) / CALIBRATION_BINS, probabilities, side="left")


def measure(metric: str, rows: Predictions) -> Measure:
    """Prepare a metric of some rows, to be taken of any weights of them.

    Raises:
        ConfigError: `metric` is not known.
    """
    if metric in _OF_COUNTS:
        return _of_counts(_OF_COUNTS[metric], rows)
    if metric in _OF_ROWS:
        return _OF_ROWS[metric](rows)
    raise ConfigError(f"metric {metric!r} is not known; there are: {', '.join((*_OF_COUNTS, *_OF_ROWS))}")


def _ratio(numerator: Floats, denominator: Floats) -> Floats:
    """Divide; 0 where there is nothing to divide by, as scikit-learn has it with ``zero_division=0``."""
    return np.divide(numerator, denominator, out=np.zeros_like(numerator), where=denominator > 0)


def _f1(found: Floats, wrong: Floats) -> Floats:
    return _ratio(2 * found, 2 * found + wrong)


def mcc_of_counts(hits: Floats, false_alarms: Floats, misses: Floats, rejections: Floats) -> Floats:
    """Matthews' correlation coefficient; 0 where all verdicts or all labels are alike, as in scikit-learn.

    Args:
        hits: Recommending rows that were called so, any shape.
        false_alarms: Other rows that were called recommending.
        misses: Recommending rows that were not called so.
        rejections: Other rows that were not called recommending.
    """
    margins = (hits + false_alarms) * (hits + misses) * (rejections + false_alarms) * (rejections + misses)
    return _ratio(hits * rejections - false_alarms * misses, np.sqrt(margins))


_OF_COUNTS: dict[str, _Counts] = {
    "accuracy": lambda tp, fp, fn, tn: (tp + tn) / (tp + fp + fn + tn),
    "balanced_accuracy": lambda tp, fp, fn, tn: (_ratio(tp, tp + fn) + _ratio(tn, tn + fp)) / 2,
    "precision_not_recommended": lambda _tp, _fp, fn, tn: _ratio(tn, tn + fn),
    "recall_not_recommended": lambda _tp, fp, _fn, tn: _ratio(tn, tn + fp),
    "f1_not_recommended": lambda _tp, fp, fn, tn: _f1(tn, fp + fn),
    "macro_f1": lambda tp, fp, fn, tn: (_ratio(2 * tn, 2 * tn + fp + fn) + _ratio(2 * tp, 2 * tp + fp + fn)) / 2,
    "mcc": mcc_of_counts,
}


def _of_counts(score: _Counts, rows: Predictions) -> Measure:
    cells = np.eye(4)[2 * (1 - rows.verdicts) + 1 - rows.labels]  # columns: hits, false alarms, misses, rejections
    return lambda weights: score(*(weights @ cells).T)


def _roc_auc(rows: Predictions) -> Measure:
    """The chance that a recommending row ranks above another one, ties counting half (mid-ranks).

    For each of the others, the recommending rows below and not above it are looked up in one running sum: the
    rows are sorted once, not once a weighting. All sums are of halves of whole numbers, and so exact.
    """
    order = np.argsort(rows.probabilities, kind="stable")
    recommending = order[rows.labels[order] == 1]
    others = np.flatnonzero(rows.labels == 0)
    ranked = rows.probabilities[recommending]
    below = np.searchsorted(ranked, rows.probabilities[others], side="left")
    not_above = np.searchsorted(ranked, rows.probabilities[others], side="right")

    def take(weights: Floats) -> Floats:
        passed = np.zeros((len(weights), len(recommending) + 1))
        np.cumsum(weights[:, recommending], axis=1, out=passed[:, 1:])
        lost = np.einsum("wr,wr->w", weights[:, others], passed[:, below] + passed[:, not_above]) / 2
        pairs = passed[:, -1] * weights[:, others].sum(axis=1)
        return _ratio(pairs - lost, pairs)

    return take


def _pr_auc(rows: Predictions) -> Measure:
    """Average precision of the class that does not recommend, as rows are called so from the lowest up."""
    order = np.argsort(rows.probabilities, kind="stable")
    starts = np.flatnonzero(np.diff(rows.probabilities[order], prepend=-1.0))  # of equal probabilities
    others = 1.0 - rows.labels[order]

    def take(weights: Floats) -> Floats:
        ranked = weights[:, order]
        found = np.add.reduceat(ranked * others, starts, axis=1)
        called = np.cumsum(np.add.reduceat(ranked, starts, axis=1), axis=1)
        precision = _ratio(np.cumsum(found, axis=1), called)
        return _ratio(np.einsum("wg,wg->w", found, precision), found.sum(axis=1))

    return take


def _mean_of(loss: Floats) -> Measure:
    return lambda weights: (weights @ loss) / weights.sum(axis=1)


def _log_loss(rows: Predictions) -> Measure:
    tiny = np.finfo(np.float64).eps  # scikit-learn's clip: one sure mistake must not make the mean infinite
    right = np.clip(np.where(rows.labels == 1, rows.probabilities, 1 - rows.probabilities), tiny, 1 - tiny)
    return _mean_of(-np.log(right))


def _ece(rows: Predictions) -> Measure:
    bins = calibration_bins(rows.probabilities)
    gaps = np.eye(CALIBRATION_BINS)[bins] * (rows.probabilities - rows.labels)[:, np.newaxis]
    return lambda weights: np.abs(weights @ gaps).sum(axis=1) / weights.sum(axis=1)


_OF_ROWS: dict[str, Callable[[Predictions], Measure]] = {
    "roc_auc": _roc_auc,
    "pr_auc": _pr_auc,
    "brier": lambda rows: _mean_of((rows.probabilities - rows.labels) ** 2),
    "log_loss": _log_loss,
    "ece": _ece,
}
