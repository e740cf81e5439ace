"""What a model is worth, with intervals.

Probabilities are of class 1, a recommendation. Precision, recall, F1 and the area under the precision-recall curve
are those of the class that does not recommend: it is the rare one, and the one the shop wants to hear of.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict
from sklearn import metrics as sk

from sentiment.errors import ConfigError, InputError

RESAMPLES = 1000
CALIBRATION_BINS = 15
LOWER_IS_BETTER = frozenset({"brier", "log_loss", "ece"})

Labels = NDArray[np.int64]
Floats = NDArray[np.float64]


class Interval(BaseModel):
    """A 95% percentile bootstrap interval (Efron and Tibshirani, "An Introduction to the Bootstrap", chapter 13)."""

    model_config = ConfigDict(frozen=True)

    low: float
    high: float


class Metrics(BaseModel):
    """The worth of a model on some rows.

    Attributes:
        rows: Scored.
        precision, recall, f1, pr_auc: Of the class that does not recommend.
        mcc: Matthews' correlation coefficient, in [-1, 1].
        ece: Expected calibration error over 15 equal-width bins (Guo et al., "On Calibration of Modern Neural
            Networks", 2017), in [0, 1]; lower is better, as are brier and log_loss.
        intervals: For accuracy, mcc and roc_auc.
    """

    model_config = ConfigDict(frozen=True)

    rows: int
    accuracy: float
    balanced_accuracy: float
    precision: float
    recall: float
    f1: float
    macro_f1: float
    mcc: float
    roc_auc: float
    pr_auc: float
    brier: float
    log_loss: float
    ece: float
    intervals: dict[str, Interval]

    def value(self, name: str) -> float:
        """Give one metric by name, in [-1, 1]; see `METRICS`."""
        return float(getattr(self, name))

    def flat(self, prefix: str) -> dict[str, float]:
        """Name every number for a tracker: ``test_mcc``, ``test_mcc_low``, ``test_mcc_high``."""
        values = {f"{prefix}_{name}": self.value(name) for name in METRICS}
        for name, interval in self.intervals.items():
            values[f"{prefix}_{name}_low"], values[f"{prefix}_{name}_high"] = interval.low, interval.high
        return values


METRICS = tuple(name for name in Metrics.model_fields if name not in ("rows", "intervals"))


class PairedDifference(NamedTuple):
    """How much better one model is than another on the same rows.

    Attributes:
        difference: Of the metric on all rows; positive where the first is better.
        low, high: 95% percentile interval.
        probability_better: Share of resamples in which the first is strictly better, in [0, 1].
    """

    difference: float
    low: float
    high: float
    probability_better: float


def require_metric(name: str) -> str:
    """Give the name back if it is a metric's.

    Raises:
        ConfigError: It is not; the message lists those that are.
    """
    if name not in METRICS:
        raise ConfigError(f"found unknown metric {name!r}; allowed: {', '.join(METRICS)}")
    return name


def evaluate(labels: Labels, probabilities: Floats, threshold: float, *, seed: int = 0) -> Metrics:
    """Score probabilities against labels.

    Args:
        labels: Shape ``(n_rows,)``, 0 or 1, both occurring.
        probabilities: Shape ``(n_rows,)``, in [0, 1], of class 1.
        threshold: The least probability that counts as a recommendation.
        seed: Of the bootstrap.

    Raises:
        InputError: The rows are of one class only; most metrics mean nothing there.
        ValueError: Shapes differ, or a probability is no number in [0, 1].
    """
    _check(labels, probabilities)
    verdicts = (probabilities >= threshold).astype(np.int64)
    precision, recall, f1, _ = sk.precision_recall_fscore_support(
        labels, verdicts, pos_label=0, average="binary", zero_division=0.0
    )
    return Metrics(
        rows=len(labels),
        accuracy=sk.accuracy_score(labels, verdicts),
        balanced_accuracy=sk.balanced_accuracy_score(labels, verdicts),
        precision=precision,
        recall=recall,
        f1=f1,
        macro_f1=sk.f1_score(labels, verdicts, average="macro", zero_division=0.0),
        mcc=sk.matthews_corrcoef(labels, verdicts),
        roc_auc=sk.roc_auc_score(labels, probabilities),
        pr_auc=sk.average_precision_score(1 - labels, 1 - probabilities),
        brier=sk.brier_score_loss(labels, probabilities),
        log_loss=sk.log_loss(labels, probabilities, labels=[0, 1]),
        ece=calibration_error(labels, probabilities),
        intervals=_intervals(labels, probabilities, threshold, seed),
    )


def calibration_error(labels: Labels, probabilities: Floats, bins: int = CALIBRATION_BINS) -> float:
    """Average over equal-width bins how far the mean probability is from the share of recommendations."""
    bin_of = np.minimum((probabilities * bins).astype(np.int64), bins - 1)
    gaps = np.bincount(bin_of, weights=probabilities - labels, minlength=bins)
    return float(np.abs(gaps).sum() / len(labels))


def best_threshold(labels: Labels, probabilities: Floats) -> float:
    """Find the threshold with the best MCC.

    Halfway between two neighbouring probabilities, so that rounding does not change a verdict. Of several equally good
    ones, the nearest to 0.5.
    """
    _check(labels, probabilities)
    order = np.argsort(-probabilities, kind="stable")
    ranked, hits = probabilities[order], np.cumsum(labels[order])
    ends = np.flatnonzero(np.diff(ranked))  # a cut between equal probabilities is none
    if not len(ends):
        return 0.5
    recommended = (ends + 1).astype(np.float64)
    true_positives, positives, rows = hits[ends].astype(np.float64), float(hits[-1]), float(len(labels))
    scores = _mcc(true_positives, recommended, positives, rows)
    cuts = (ranked[ends] + ranked[ends + 1]) / 2
    best = np.flatnonzero(scores >= scores.max() - 1e-12)
    return float(cuts[best[np.argmin(np.abs(cuts[best] - 0.5))]])


def paired_bootstrap(
    labels: Labels,
    first: tuple[Floats, float],
    second: tuple[Floats, float],
    metric: str,
    *,
    resamples: int = 2 * RESAMPLES,
    seed: int = 0,
) -> PairedDifference:
    """Compare two models on resamples of the same rows.

    Args:
        labels: Shape ``(n_rows,)``.
        first: Probabilities and threshold of the one that is asked about.
        second: Those of the other.
        metric: ``accuracy``, ``mcc`` or ``roc_auc``.
        resamples: Of the rows, with replacement.
        seed: Of the resamples.

    Raises:
        ConfigError: No bootstrap is known for `metric`.
    """
    if metric not in _RESAMPLED:
        raise ConfigError(f"no bootstrap is known for {metric!r}; allowed: {', '.join(_RESAMPLED)}")
    score = _RESAMPLED[metric]
    whole = np.ones((1, len(labels)))
    difference = float(score(labels, *first, whole)[0] - score(labels, *second, whole)[0])
    gains = np.concatenate(
        [
            score(labels, *first, weights) - score(labels, *second, weights)
            for weights in _resamples(len(labels), resamples, seed)
        ]
    )
    low, high = np.nanpercentile(gains, [2.5, 97.5])
    # Sums in another order differ in the last bits, and that is no gain.
    return PairedDifference(difference, float(low), float(high), float(np.mean(gains > 1e-12)))


def fingerprint(rows: Sequence[int], labels: Labels, documents: Sequence[str]) -> str:
    """Hash rows, labels and texts: equal for the same test rows, and for no others."""
    digest = hashlib.sha256()
    for row, label, document in zip(rows, labels, documents, strict=True):
        digest.update(f"{row}\x1e{label}\x1e{document}\x1d".encode())
    return digest.hexdigest()


def _check(labels: Labels, probabilities: Floats) -> None:
    if labels.shape != probabilities.shape or labels.ndim != 1:
        raise ValueError(
            f"labels {labels.shape} and probabilities {probabilities.shape} found; one shape (n_rows,) expected"
        )
    if not np.all((probabilities >= 0) & (probabilities <= 1)):
        wrong = probabilities[~((probabilities >= 0) & (probabilities <= 1))]
        raise ValueError(f"{len(wrong)} probabilities such as {wrong[0]} found; numbers in [0, 1] expected")
    if len(found := np.unique(labels)) < 2:
        raise InputError(f"{len(labels)} rows with the labels {found.tolist()} found; rows of both classes expected")


def _intervals(labels: Labels, probabilities: Floats, threshold: float, seed: int) -> dict[str, Interval]:
    scores: dict[str, list[Floats]] = {name: [] for name in _RESAMPLED}
    for weights in _resamples(len(labels), RESAMPLES, seed):
        for name, score in _RESAMPLED.items():
            scores[name].append(score(labels, probabilities, threshold, weights))
    quantiles = {name: np.nanpercentile(np.concatenate(parts), [2.5, 97.5]) for name, parts in scores.items()}
    return {name: Interval(low=float(low), high=float(high)) for name, (low, high) in quantiles.items()}


def _resamples(rows: int, resamples: int, seed: int, at_once: int = 100) -> list[Floats]:
    """How often each row is drawn in each resample, in blocks of shape ``(at_once, rows)``."""
    generator = np.random.default_rng(seed)
    blocks = []
    for start in range(0, resamples, at_once):
        drawn = generator.integers(0, rows, size=(min(at_once, resamples - start), rows))
        offsets = np.arange(len(drawn))[:, None] * rows
        counts = np.bincount((drawn + offsets).ravel(), minlength=drawn.size)
        blocks.append(counts.reshape(drawn.shape).astype(np.float64))
    return blocks


def _resampled_accuracy(labels: Labels, probabilities: Floats, threshold: float, weights: Floats) -> Floats:
    return np.asarray(weights @ ((probabilities >= threshold) == labels) / weights.sum(axis=1))


def _resampled_mcc(labels: Labels, probabilities: Floats, threshold: float, weights: Floats) -> Floats:
    verdicts = (probabilities >= threshold).astype(np.float64)
    found = weights @ (verdicts * labels)
    return _mcc(found, weights @ verdicts, weights @ labels, weights.sum(axis=1))


def _resampled_roc_auc(labels: Labels, probabilities: Floats, threshold: float, weights: Floats) -> Floats:  # noqa: ARG001
    """The probability that a recommending row ranks above another one, ties counting half; NaN with one class only."""
    _, group = np.unique(probabilities, return_inverse=True)
    order = np.argsort(group, kind="stable")
    starts = np.flatnonzero(np.diff(group[order], prepend=-1))
    positive = np.add.reduceat((weights * labels)[:, order], starts, axis=1)
    negative = np.add.reduceat((weights * (1 - labels))[:, order], starts, axis=1)
    below = np.cumsum(negative, axis=1) - negative / 2
    pairs = positive.sum(axis=1) * negative.sum(axis=1)
    with np.errstate(invalid="ignore"):
        return np.asarray((positive * below).sum(axis=1) / np.where(pairs > 0, pairs, np.nan))


def _mcc(true_positives: Floats, recommended: Floats, positives: Floats | float, rows: Floats | float) -> Floats:
    """Matthews' correlation coefficient from counts; 0 where verdicts or labels are all alike, as in scikit-learn."""
    covariance = true_positives * rows - recommended * positives
    variance = recommended * (rows - recommended) * positives * (rows - positives)
    return np.asarray(np.divide(covariance, np.sqrt(variance), out=np.zeros_like(covariance), where=variance > 0))


_RESAMPLED: dict[str, Callable[[Labels, Floats, float, Floats], Floats]] = {
    "accuracy": _resampled_accuracy,
    "mcc": _resampled_mcc,
    "roc_auc": _resampled_roc_auc,
}
