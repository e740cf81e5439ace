"""Logistic regression on TF-IDF that is weighted by how differently the two classes use each word.

Source: Wang and Manning, "Baselines and Bigrams: Simple, Good Sentiment and Topic Classification" (2012). Their ratio
is damped here: as it is, it trusts what rare words say too much.
"""

from __future__ import annotations

import numpy as np
from pydantic import Field
from scipy.sparse import csr_matrix

from sentiment.metrics.predictions import Floats
from sentiment.models.families._linear import (
    Rows,
    SoftLabelParams,
    Weights,
    WordParams,
    fit_words,
)
from sentiment.models.families._logistic import logistic_weights
from sentiment.models.families.base import Examples, Fitted, Recipe

ALGORITHM = "Naive-Bayes-weighted logistic regression on TF-IDF"


class NbLinear(SoftLabelParams):
    """How the weights are found; the defaults were chosen by cross-validation on training rows.

    Attributes:
        c: Inverse strength of the L2 penalty.
        damping: Power of the ratio's size that a feature is scaled by: 0 is plain logistic regression, 1 the paper's.
        alpha: Documents of either class that every feature is thought to stand in besides the real ones.
    """

    c: float = Field(default=8.0, gt=0)
    damping: float = Field(default=0.3, ge=0, le=1)
    alpha: float = Field(default=1.0, gt=0)

    def __call__(self, rows: Rows, seed: int) -> Weights:  # noqa: ARG002  (the optimum is one)
        """Learn from `rows` alone."""
        targets = rows.targets(self.soft_labels)
        ratio = np.abs(log_count_ratio(rows.features, targets, self.alpha, rows.counts))
        return logistic_weights(rows.features, targets, self.c, ratio**self.damping, rows.counts)


class Params(WordParams, NbLinear):
    """Hyperparameters: those of `WordParams` and of `NbLinear`."""


def fit(params: Params, recipe: Recipe, train: Examples, validation: Examples, seed: int) -> Fitted:  # noqa: ARG001
    """Fit on the training rows; validation rows have no part in it."""
    return fit_words([params], recipe, params, train, seed)


def log_count_ratio(features: csr_matrix, targets: Floats, alpha: float, counts: Floats | None = None) -> Floats:
    """Give the logarithm of how much commoner each feature is in documents of class 1; a document has it or not.

    Args:
        features: Shape ``(n_documents, n_features)``.
        targets: Shape ``(n_documents,)``, in [0, 1]: how much of each document is of class 1.
        alpha: Documents added to both counts.
        counts: Shape ``(n_documents,)``: how often each document counts; by default once.

    Returns:
        Shape ``(n_features,)``.
    """
    counted = np.ones(len(targets)) if counts is None else counts
    return ratio_of(*documents_with(features, targets, counted), alpha)


def documents_with(features: csr_matrix, targets: Floats, counts: Floats) -> tuple[Floats, Floats]:
    """Count the documents of class 1 and of class 0 that each feature stands in; counts of parts add up."""
    precision = features.dtype
    once = np.ones(features.nnz, dtype=precision)
    stands = csr_matrix((once, features.indices, features.indptr), shape=features.shape).T
    positive, negative = (stands @ part.astype(precision) for part in (counts * targets, counts * (1 - targets)))
    return positive, negative


def ratio_of(positive: Floats, negative: Floats, alpha: float) -> Floats:
    """Give the logarithm of the ratio of two counts, shape ``(n_features,)``; see `log_count_ratio`."""
    positive, negative = alpha + positive, alpha + negative
    return np.asarray(np.log(positive / positive.sum()) - np.log(negative / negative.sum()))
