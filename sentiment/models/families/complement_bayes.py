"""Complement naive Bayes on TF-IDF: what a class is not, for classes of unequal size.

Source: Rennie, Shih, Teevan and Karger, "Tackling the poor assumptions of naive Bayes text classifiers" (2003).
"""

from __future__ import annotations

import numpy as np
from pydantic import Field
from sklearn.naive_bayes import ComplementNB

from sentiment.models.families._linear import Rows, Weights, WordParams, fit_words
from sentiment.models.families.base import Examples, FamilyParams, Fitted, Recipe

ALGORITHM = "Complement naive Bayes on TF-IDF"


class ComplementBayes(FamilyParams):
    """How the weights are found.

    Attributes:
        smoothing: Added to the sum of every feature.
    """

    smoothing: float = Field(default=0.1, gt=0)

    def __call__(self, rows: Rows, seed: int) -> Weights:  # noqa: ARG002  (nothing is drawn)
        """Learn from `rows` alone."""
        fitted = ComplementNB(alpha=self.smoothing).fit(rows.features, rows.labels, sample_weight=rows.counts)
        return Weights(np.asarray(fitted.feature_log_prob_[1] - fitted.feature_log_prob_[0]), 0.0)


class Params(WordParams, ComplementBayes):
    """Hyperparameters: those of `WordParams` and of `ComplementBayes`."""


def fit(params: Params, recipe: Recipe, train: Examples, validation: Examples, seed: int) -> Fitted:  # noqa: ARG001
    """Fit on the training rows; validation rows have no part in it."""
    return fit_words([params], recipe, params, train, seed)
