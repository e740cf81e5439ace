"""A linear score of a document's features, and what it means as a probability."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression

from sentiment.metrics.predictions import Floats, Labels
from sentiment.models.calibration import Calibration, sides

_UNPENALISED = 1e10


def fit_calibration(scores: Floats, labels: Labels) -> Calibration:
    """Learn what scores mean from rows that no scoring model was fitted on.

    Args:
        scores: Shape ``(n_rows,)``, about log-odds.
        labels: Shape ``(n_rows,)``, 0 or 1, both occurring.
    """
    parts = sides(scores)
    kept = [0, 1]
    while True:
        fitted = LogisticRegression(C=_UNPENALISED, max_iter=1000).fit(parts[:, kept], labels)
        if len(kept) == 1 or fitted.coef_.min() >= 0:
            break
        kept.pop(int(fitted.coef_.argmin()))
    slopes = np.zeros(2)
    slopes[kept] = fitted.coef_[0]
    return Calibration(float(slopes[0]), float(slopes[1]), float(fitted.intercept_[0]))


class CalibratedLinear(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """A linear classifier whose weights come from elsewhere.

    Args:
        coef: Shape ``(1, n_features)``: what one unit of each feature adds to the score.
        intercept: Score of a document without features.
        calibration: From scores to log-odds of class 1.
        threshold: Least probability of class 1 that counts as one.
    """

    def __init__(self, coef: Any, intercept: float, calibration: tuple[float, float, float], threshold: float) -> None:
        self.coef = coef
        self.intercept = intercept
        self.calibration = tuple(calibration)
        self.threshold = threshold
        self.classes_ = np.array([0, 1])

    @property
    def coef_(self) -> Floats:
        """The weights under the name that scikit-learn's linear models have for them."""
        return np.asarray(self.coef)

    def decision_function(self, features: Any) -> Floats:
        """Give log-odds of class 1, shape ``(n_rows,)``, for features of shape ``(n_rows, n_features)``."""
        return Calibration(*self.calibration).log_odds(np.asarray(features @ self.coef[0]) + self.intercept)

    def predict_proba(self, features: Any) -> Floats:
        """Give the probability of both classes, shape ``(n_rows, 2)``."""
        positive = expit(self.decision_function(features))
        return np.column_stack([1 - positive, positive])

    def predict(self, features: Any) -> NDArray[np.int64]:
        """Give verdicts at the threshold, 0 or 1, shape ``(n_rows,)``."""
        return (self.predict_proba(features)[:, 1] >= self.threshold).astype(np.int64)
