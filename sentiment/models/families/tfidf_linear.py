"""TF-IDF of single words and pairs, and a logistic regression whose probabilities are calibrated."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy.sparse import csr_matrix
from sklearn.base import clone
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from sentiment.metrics.predictions import Floats, Labels
from sentiment.metrics.threshold import best_threshold
from sentiment.models.calibrated_linear import CalibratedLinear
from sentiment.models.calibration import AS_IT_IS
from sentiment.models.families._linear import FOLDS, HELD_OUT, MOST_FOLDED, Weights, WordParams, word_vectorizer
from sentiment.models.families.base import Examples, Fitted, Recipe
from sentiment.models.ngrams import learn_tfidf
from sentiment.models.text_model import TextModel

ALGORITHM = "Logistic regression on TF-IDF"


class Params(WordParams):
    """Hyperparameters beside those of `WordParams`; the defaults were chosen by cross-validation on training rows.

    Attributes:
        c: Inverse strength of the L2 penalty.
    """

    c: float = Field(default=8.0, gt=0)


def fit(params: Params, recipe: Recipe, train: Examples, validation: Examples, seed: int) -> Fitted:  # noqa: ARG001
    """Fit on the training rows; calibration and threshold come from cross-validated predictions of the same rows."""
    vectorizer = word_vectorizer(recipe, params)
    if len(train.documents) <= MOST_FOLDED:
        features = learn_tfidf(vectorizer, train.documents)
        fitted = _fit_with_folds(features, train.labels, params.c, seed)
    else:
        features = learn_tfidf(vectorizer, train.documents, np.float32)
        fitted = _fit_with_held_out(features, train.labels, params.c, seed)
    return calibrated(vectorizer, fitted.weights, fitted.log_odds, train.labels[fitted.held_out])


def calibrated(vectorizer: TfidfVectorizer, weights: Weights, held_out: Floats, labels: Labels) -> Fitted:
    """Make a model whose probabilities are honest, by Platt scaling.

    Scaled log-odds are those of a logistic regression with scaled weights, so the model stays what it was, and what its
    words say adds up to its verdict. Source: Platt, "Probabilistic outputs for support vector machines" (1999).

    Args:
        vectorizer: Fitted.
        weights: Of all rows.
        held_out: Shape ``(n_rows,)``: log-odds by regressions that were not fitted on the row.
        labels: Shape ``(n_rows,)``.
    """
    unpenalised = 1e10
    platt = LogisticRegression(C=unpenalised).fit(held_out[:, None], labels)
    scale, shift = float(platt.coef_[0, 0]), float(platt.intercept_[0])
    threshold = best_threshold(labels, np.asarray(platt.predict_proba(held_out[:, None])[:, 1]))
    classifier = CalibratedLinear(weights.coef[None, :] * scale, weights.intercept * scale + shift, AS_IT_IS, threshold)
    return Fitted(TextModel(vectorizer, classifier))


class _Regression(NamedTuple):
    """A regression that is not yet calibrated.

    Attributes:
        weights: Of all rows.
        held_out: Positions of the rows that it is calibrated on.
        log_odds: Of these, by a regression that was not fitted on the row.
    """

    weights: Weights
    held_out: NDArray[np.intp]
    log_odds: Floats


def _fit_with_folds(features: csr_matrix, labels: Labels, c: float, seed: int) -> _Regression:
    """Fit on all rows, and ask about those of each fold a regression of the others."""
    # Of the dual problem, liblinear finds weights closer to the optimum at this tolerance than of the primal at 0.001,
    # in a third of the time. It draws from one generator for the whole process: never in threads.
    regression = LogisticRegression(C=c, solver="liblinear", dual=True, tol=0.01, max_iter=1000, random_state=seed)
    features.sort_indices()  # once; else scikit-learn does it for every part
    log_odds = np.empty(len(labels))
    for rows, held_out in StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(features, labels):
        other = clone(regression).fit(features[rows], labels[rows])
        log_odds[held_out] = other.decision_function(features[held_out])
    return _Regression(_weights(regression.fit(features, labels)), np.arange(len(labels)), log_odds)


def _fit_with_held_out(features: csr_matrix, labels: Labels, c: float, seed: int) -> _Regression:
    """Fit on all rows but some, ask about those, and go on with all.

    For hundreds of thousands of rows, where folds would tell two numbers of a sigmoid nothing new. Rows are left out by
    a weight of 0, and the solver reads the matrix where it lies: no copy of it is made.
    """
    chance = np.random.default_rng(seed)
    held_out = np.sort(chance.choice(len(labels), HELD_OUT, replace=False))
    weights = np.ones(len(labels), dtype=features.dtype)
    weights[held_out] = 0
    regression = LogisticRegression(C=c, solver="lbfgs", max_iter=1000, warm_start=True)
    regression.fit(features, labels, weights)
    log_odds = regression.decision_function(features[held_out]).astype(np.float64)
    return _Regression(_weights(regression.fit(features, labels)), held_out, log_odds)


def _weights(regression: LogisticRegression) -> Weights:
    return Weights(regression.coef_[0].astype(np.float64), float(regression.intercept_[0]))
