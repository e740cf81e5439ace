"""How good the model is where customers said so: the same metrics as at registration, with their intervals."""

from __future__ import annotations

import numpy as np

from sentiment.metrics.summary import compute_metrics
from sentiment.monitoring.estimate import Estimate
from sentiment.monitoring.rows import Rows

FEWEST_OF_A_CLASS = 10
"""With fewer of either, an interval says nothing."""


def measured(window: Rows, threshold: float, at_registration: dict[str, float], *, seed: int) -> dict[str, Estimate]:
    """Compute accuracy, MCC and ROC AUC of the labelled rows of a window.

    Args:
        window: Its rows.
        threshold: From which on a review counts as recommending.
        at_registration: The metrics of the version on its test rows; those that are named are given.
        seed: Of the bootstrap.

    Returns:
        By name, with 95 % intervals; nothing with fewer than `FEWEST_OF_A_CLASS` labels of either class.
    """
    if np.bincount(window.labels, minlength=2).min() < FEWEST_OF_A_CLASS:
        return {}
    metrics = compute_metrics(window.labels, window.probabilities[window.labelled], threshold, seed=seed)
    return {
        name: Estimate(value=metrics.value(name), low=low, high=high, at_registration=at_registration[name])
        for name, (low, high) in metrics.intervals.items()
        if name in at_registration
    }
