"""How good the model still is where nobody has said so yet: what its own calibrated probabilities promise.

A review with probability p that is called recommended is right with probability p. Summed over a window, that is the
expected confusion matrix. It holds as long as the probabilities stay calibrated, so it sees harder reviews, and not
customers who mean something else by the same words: that only labels show.

The idea is that of NannyML's "confidence-based performance estimation".
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from sentiment.metrics.predictions import Floats
from sentiment.metrics.weighted import mcc_of_counts

SIMULATIONS = 500


class Estimate(BaseModel):
    """A metric that is promised, with the interval in which the true value of the window lies with 95 %."""

    model_config = ConfigDict(frozen=True)

    value: float
    low: float
    high: float
    at_registration: float


def estimate(
    probabilities: Floats, threshold: float, at_registration: dict[str, float], *, seed: int
) -> dict[str, Estimate]:
    """Estimate accuracy, MCC and ROC AUC of a window.

    Args:
        probabilities: Of the window, calibrated, shape ``(n,)``.
        threshold: From which on a review counts as recommending.
        at_registration: The metrics of the version on its test rows; those that are named are estimated.
        seed: Of the labels that are drawn: each draw is one way in which the window may have come about.
    """
    chance = np.random.default_rng(seed)
    labels = chance.random((SIMULATIONS, len(probabilities))) < probabilities
    said = probabilities >= threshold
    hits, false_alarms = labels[:, said].sum(axis=1), (~labels[:, said]).sum(axis=1)
    misses, rejections = labels[:, ~said].sum(axis=1), (~labels[:, ~said]).sum(axis=1)
    drawn = {
        "accuracy": (hits + rejections) / len(probabilities),
        "mcc": mcc_of_counts(*(part.astype(np.float64) for part in (hits, false_alarms, misses, rejections))),
        "roc_auc": _areas(probabilities, labels),
    }
    return {
        name: Estimate(
            value=float(np.nanmean(values)),
            low=float(np.nanquantile(values, 0.025)),
            high=float(np.nanquantile(values, 0.975)),
            at_registration=at_registration[name],
        )
        for name, values in drawn.items()
        if name in at_registration and not np.isnan(values).all()
    }


def _areas(probabilities: Floats, labels: NDArray[np.bool_]) -> Floats:
    from scipy.stats import rankdata

    ranks = rankdata(probabilities)
    positive = labels.sum(axis=1).astype(np.float64)
    negative = labels.shape[1] - positive
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((labels @ ranks - positive * (positive + 1) / 2) / (positive * negative))
