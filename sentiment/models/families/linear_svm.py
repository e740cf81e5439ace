"""A linear support vector machine on TF-IDF, with calibrated probabilities.

Source: Joachims, "Text categorization with support vector machines" (1998); Platt, "Probabilistic outputs for support
vector machines" (1999), for calibrating on scores of other models than the one that was fitted on a row.
"""

from __future__ import annotations

from pydantic import Field
from sklearn.svm import LinearSVC

from sentiment.models.families._linear import Rows, Weights, WordParams, fit_words
from sentiment.models.families.base import Examples, FamilyParams, Fitted, Recipe

ALGORITHM = "Linear SVM on TF-IDF"


class LinearSvm(FamilyParams):
    """How the weights are found.

    Attributes:
        c: Inverse strength of the L2 penalty.
    """

    c: float = Field(default=0.5, gt=0)

    def __call__(self, rows: Rows, seed: int) -> Weights:
        """Learn from `rows` alone."""
        machine = LinearSVC(C=self.c, dual=True, tol=0.01, max_iter=5000, random_state=seed)
        machine.fit(rows.features, rows.labels, sample_weight=rows.counts)
        return Weights(machine.coef_[0], float(machine.intercept_[0]))


class Params(WordParams, LinearSvm):
    """Hyperparameters: those of `WordParams` and of `LinearSvm`."""


def fit(params: Params, recipe: Recipe, train: Examples, validation: Examples, seed: int) -> Fitted:  # noqa: ARG001
    """Fit on the training rows; validation rows have no part in it."""
    return fit_words([params], recipe, params, train, seed)
