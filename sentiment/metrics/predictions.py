"""What a model said about some rows, and what is true of them: checked once, then trusted by every metric."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sentiment.errors import InputError
from sentiment.phrases import amount

Labels = NDArray[np.int64]
Floats = NDArray[np.float64]


class Predictions(NamedTuple):
    """Labels and what a model gave for their rows; make it with `check_predictions`.

    Attributes:
        labels: Shape ``(n_rows,)``, 0 or 1, both occurring.
        probabilities: Shape ``(n_rows,)``, in [0, 1], of class 1, a recommendation.
        threshold: In [0, 1], the least probability that counts as a recommendation.
    """

    labels: Labels
    probabilities: Floats
    threshold: float

    @property
    def verdicts(self) -> Labels:
        """Shape ``(n_rows,)``, 1 where the model holds that the customer recommends."""
        return (self.probabilities >= self.threshold).astype(np.int64)


def check_predictions(labels: ArrayLike, probabilities: ArrayLike, threshold: float) -> Predictions:
    """Refuse what no metric means anything for.

    Raises:
        InputError: There are no rows, or all are of one class: a ROC AUC or an MCC would be invented.
        ValueError: Shapes differ, a label is neither 0 nor 1, or a probability or the threshold is no number
            in [0, 1].
    """
    found, given = np.asarray(labels), np.asarray(probabilities, dtype=np.float64)
    if found.ndim != 1 or found.shape != given.shape:
        raise ValueError(
            f"labels of shape {found.shape}, probabilities of shape {given.shape} found; (n_rows,) expected"
        )
    strange = found[~np.isin(found, (0, 1))]
    if len(strange):
        raise ValueError(f"{amount(len(strange), 'label')} such as {strange[0]} found; 0 or 1 expected")
    outside = given[~((given >= 0) & (given <= 1))]  # written so that NaN is outside too
    if len(outside):
        raise ValueError(f"{len(outside)} probabilities such as {outside[0]} found; numbers in [0, 1] expected")
    if not 0 <= threshold <= 1:
        raise ValueError(f"threshold {threshold} found; a number in [0, 1] expected")
    classes = np.unique(found)
    if len(classes) < 2:
        seen = f"all labelled {int(classes[0])}" if len(classes) else "none at all"
        raise InputError(f"{len(found)} rows found, {seen}; rows of both classes expected")
    return Predictions(found.astype(np.int64), given, float(threshold))
