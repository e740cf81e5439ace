"""TF-IDF of single words and pairs, and a logistic regression whose probabilities are calibrated."""

from __future__ import annotations

import numpy as np
from joblib import Parallel, delayed
from pydantic import Field
from scipy.sparse import csr_matrix
from sklearn.base import clone
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import FixedThresholdClassifier, StratifiedKFold

from sentiment.families.base import Examples, FamilyParams, Fitted, Recipe
from sentiment.metrics import best_threshold
from sentiment.model import TextModel
from sentiment.predictions import Floats, Labels

ALGORITHM = "Logistic regression on TF-IDF"
FOLDS = 3


class Params(FamilyParams):
    """Hyperparameters; the defaults were chosen by cross-validation on training rows.

    Attributes:
        use_title: Let the recipe read the title in front of the review.
        ngrams: Longest run of words that counts as one feature.
        min_df: Training documents that must have a feature for it to be kept.
        c: Inverse strength of the L2 penalty.
    """

    use_title: bool = True
    ngrams: int = Field(default=2, ge=1, le=4)
    min_df: int = Field(default=2, ge=1)
    c: float = Field(default=8.0, gt=0)


def fit(params: Params, recipe: Recipe, train: Examples, validation: Examples, seed: int) -> Fitted:  # noqa: ARG001
    """Fit on the training rows; calibration and threshold come from cross-validated predictions of the same rows."""
    vectorizer = TfidfVectorizer(
        tokenizer=_reading_titles(recipe, params.use_title),
        token_pattern=None,
        lowercase=False,
        ngram_range=(1, params.ngrams),
        min_df=params.min_df,
        sublinear_tf=True,
    )
    features = vectorizer.fit_transform(train.documents)
    regression = LogisticRegression(C=params.c, solver="liblinear", random_state=seed)
    regression, log_odds = _fit_with_folds(regression, features, train.labels, seed)
    held_out = _calibrate(regression, log_odds, train.labels)
    return Fitted(TextModel(vectorizer, _with_best_threshold(regression, features, train.labels, held_out)))


def _fit_with_folds(
    regression: LogisticRegression, features: csr_matrix, labels: Labels, seed: int
) -> tuple[LogisticRegression, Floats]:
    """Fit on all rows, and on folds; the solver leaves Python's lock alone, so threads do it side by side.

    Returns:
        The regression of all rows, and for each row the log-odds of one that was not fitted on it, ``(n_rows,)``.
    """
    folds = list(StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(features, labels))
    parts = [np.arange(len(labels)), *(rows for rows, _ in folds)]
    whole, *others = Parallel(n_jobs=-1, prefer="threads")(
        delayed(clone(regression).fit)(features[rows], labels[rows]) for rows in parts
    )
    log_odds = np.empty(len(labels))
    for other, (_, held_out) in zip(others, folds, strict=True):
        log_odds[held_out] = other.decision_function(features[held_out])
    return whole, log_odds


def _calibrate(regression: LogisticRegression, held_out: Floats, labels: Labels) -> Floats:
    """Make the probabilities of a fitted regression honest, by Platt scaling.

    Scaled log-odds are those of a logistic regression with scaled weights, so the model stays what it was: no wrapper,
    no further step at prediction. Source: Platt, "Probabilistic outputs for support vector machines" (1999).

    Args:
        regression: Its weights are changed.
        held_out: Shape ``(n_rows,)``: log-odds of models that were not fitted on the row.
        labels: Shape ``(n_rows,)``.

    Returns:
        The calibrated probabilities of the held-out predictions, shape ``(n_rows,)``.
    """
    unpenalised = 1e10
    platt = LogisticRegression(C=unpenalised).fit(held_out[:, None], labels)
    scale, shift = platt.coef_[0, 0], platt.intercept_[0]
    regression.coef_ = regression.coef_ * scale
    regression.intercept_ = regression.intercept_ * scale + shift
    return np.asarray(platt.predict_proba(held_out[:, None])[:, 1])


def _with_best_threshold(
    regression: LogisticRegression, features: csr_matrix, labels: Labels, held_out: Floats
) -> FixedThresholdClassifier:
    classifier = FixedThresholdClassifier(
        FrozenEstimator(regression),
        threshold=best_threshold(labels, held_out),
        response_method="predict_proba",
    )
    return classifier.fit(features, labels)


def _reading_titles(recipe: Recipe, use_title: bool) -> Recipe:
    """Tell a recipe that can read titles whether to; the others only ever read the review."""
    if "use_title" not in recipe.get_params():
        return recipe
    reading: Recipe = clone(recipe).set_params(use_title=use_title)
    return reading
