"""A logistic regression on targets that need not be 0 or 1, from sums over rows, wherever the rows are."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from scipy.special import expit
from threadpoolctl import threadpool_limits

from sentiment.metrics.predictions import Floats
from sentiment.models.families._linear import Weights

_GRADIENT_A_ROW = 3e-5
"""Where the search for the optimum ends: its log-odds move no more than in the second decimal then."""


def logistic_weights(
    features: csr_matrix, targets: Floats, c: float, scale: Floats | None = None, counts: Floats | None = None
) -> Weights:
    """Fit a logistic regression with an L2 penalty on targets that need not be 0 or 1.

    scikit-learn's takes labels alone: it would need every row twice. Here no copy of the features is made.

    Args:
        features: Shape ``(n_rows, n_features)``.
        targets: Shape ``(n_rows,)``, in [0, 1].
        c: Inverse strength of the penalty.
        scale: Shape ``(n_features,)``: each feature is read as so many times as large; by default 1.
        counts: Shape ``(n_rows,)``: how often each row counts; by default once.

    Returns:
        Weights of the features as they are given, not as they are read.
    """
    counted = np.ones(len(targets)) if counts is None else counts
    with threadpool_limits(1, user_api="blas"):  # threads of such short sums wait for each other
        return search_weights(
            partial(logistic_sums, features, targets, counted), len(targets), features.shape[1], c, scale
        )


class Sums(NamedTuple):
    """What the search for the weights of a logistic regression needs to know of all rows; sums of rows add up.

    Attributes:
        loss: The negative logarithm of the likelihood.
        gradient: Of it, by the weights; shape ``(n_features,)``.
        missed: Of it, by the intercept.
    """

    loss: float
    gradient: Floats
    missed: float


def logistic_sums(features: csr_matrix, targets: Floats, counts: Floats, coef: Floats, intercept: float) -> Sums:
    """Sum over rows; see `logistic_weights` for their shapes."""
    precision = features.dtype
    # A vector of another precision would have the matrix copied, each time.
    scores = features @ coef.astype(precision) + intercept
    missed = counts * (expit(scores) - targets)
    loss = counts @ (np.logaddexp(0, scores) - targets * scores)
    return Sums(float(loss), features.T @ missed.astype(precision), float(missed.sum()))


def search_weights(
    sums: Callable[[Floats, float], Sums],
    rows: int,
    features: int,
    c: float,
    scale: Floats | None = None,
    begin: Weights | None = None,
) -> Weights:
    """Search for the optimum of a logistic regression with an L2 penalty, by L-BFGS.

    Args:
        sums: Gives the sums over all rows for some weights, wherever the rows are.
        rows: How many.
        features: How many.
        c: Inverse strength of the penalty.
        scale: As in `logistic_weights`.
        begin: Weights to begin with; by default 0.
    """
    size = np.ones(features) if scale is None else scale

    def loss(weights: Floats) -> tuple[float, Floats]:
        value, gradient, missed = sums(size * weights[:-1], weights[-1])
        penalty = float(weights[:-1] @ weights[:-1]) / (2 * c)
        return value + penalty, np.append(size * gradient + weights[:-1] / c, missed)

    found = minimize(
        loss,
        np.zeros(features + 1) if begin is None else np.append(begin.coef / size, begin.intercept),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": 1000, "gtol": _GRADIENT_A_ROW * rows, "ftol": 0},
    )
    return Weights(found.x[:-1] * size, float(found.x[-1]))
