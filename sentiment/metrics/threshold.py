"""The threshold from which a probability counts as a recommendation."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sentiment.metrics.predictions import Floats, check_predictions
from sentiment.metrics.weighted import mcc_of_counts

_TIED_MCC = 1e-12  # equal coefficients from different counts differ in their last bits


def best_threshold(labels: ArrayLike, probabilities: ArrayLike) -> float:
    """Find the threshold with the best MCC.

    It lies halfway between two neighbouring probabilities, so that rounding does not change a verdict; 0 and
    1 count as neighbours of the outermost, for the two constant verdicts. Of equally good thresholds the
    nearest to 0.5 wins, and of two as near the lower.

    Args:
        labels: Shape ``(n_rows,)``, 0 or 1, both occurring.
        probabilities: Shape ``(n_rows,)``, in [0, 1], of class 1.

    Returns:
        In [0, 1].

    Raises:
        InputError, ValueError: As `compute_metrics`.
    """
    rows = check_predictions(labels, probabilities, 0.5)
    values, group = np.unique(rows.probabilities, return_inverse=True)
    cuts = _halfway(values)
    # Of the cut below group i, everything from group i up is called recommending.
    misses = np.concatenate([[0], np.cumsum(np.bincount(group, rows.labels))])[: len(cuts)]
    rejections = np.concatenate([[0], np.cumsum(np.bincount(group, 1 - rows.labels))])[: len(cuts)]
    positives = float(rows.labels.sum())
    negatives = len(rows.labels) - positives
    scores = mcc_of_counts(positives - misses, negatives - rejections, misses, rejections)
    best = cuts[scores >= scores.max() - _TIED_MCC]
    return float(best[np.argmin(np.abs(best - 0.5))])


def _halfway(values: Floats) -> Floats:
    """Give a cut below each ascending value, and one above the last where there is room."""
    below, above = np.concatenate([[0.0], values]), np.concatenate([values, [1.0]])
    middle = below + (above - below) / 2
    middle = np.where(middle <= below, above, middle)  # no number lies between the two: the upper one parts them
    middle[0] = values[0] / 2
    return middle if values[-1] < 1 else middle[:-1]
