"""A trained pair as the numbers of a linear model, where it is one, and back."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import FixedThresholdClassifier

from sentiment import text
from sentiment.models.calibrated_linear import CalibratedLinear
from sentiment.models.calibration import AS_IT_IS, Calibration
from sentiment.models.linear_text import LinearText
from sentiment.models.text_model import TextModel


def tfidf_of_runs(recipe: Any, longest: int, min_df: int) -> TfidfVectorizer:
    """Make the TF-IDF of runs of words that `ngrams` counts; not yet fitted.

    Args:
        recipe: One of `sentiment.text`.
        longest: Words of a run.
        min_df: Training documents that must have a run for it to be kept.
    """
    return TfidfVectorizer(
        tokenizer=recipe,
        token_pattern=None,
        lowercase=False,
        ngram_range=(1, longest),
        min_df=min_df,
        sublinear_tf=True,
    )


def is_linear(model: TextModel) -> bool:
    """Tell whether a pair is no more than the numbers that `linear_text` gives, without gathering these."""
    words = model.vectorizer
    if _linear(model.classifier) is None or type(words) is not TfidfVectorizer:
        return False
    if text.recipe_name(words.tokenizer) is None or not isinstance(words.min_df, int):
        return False
    # The settings of the recipe are among those of its vectorizer.
    return bool(words.get_params() == tfidf_of_runs(words.tokenizer, words.ngram_range[1], words.min_df).get_params())


def linear_text(model: TextModel) -> LinearText | None:
    """Give the numbers of a pair; None for one that is more, or something else, than these."""
    words, linear = model.vectorizer, _linear(model.classifier)
    if linear is None or not is_linear(model):
        return None
    return LinearText(
        recipe=words.tokenizer,
        runs=words.get_feature_names_out().tolist(),
        longest=words.ngram_range[1],
        min_df=words.min_df,
        idf=words.idf_,
        coef=linear.coef[0],
        intercept=linear.intercept,
        calibration=Calibration(*linear.calibration),
        threshold=model.threshold,
    )


def pair(model: LinearText) -> TextModel:
    """Make the pair of a linear model: scikit-learn's vectorizer, fitted, and a classifier."""
    vectorizer = tfidf_of_runs(model.recipe, model.longest, model.min_df)
    vectorizer.vocabulary_ = {run: position for position, run in enumerate(model.runs)}
    vectorizer.idf_ = model.idf
    return TextModel(
        vectorizer, CalibratedLinear(model.coef[None, :], model.intercept, model.calibration, model.threshold)
    )


def _linear(classifier: Any) -> CalibratedLinear | None:
    """Give a linear classifier as one of ours; regressions behind a threshold are stored by older versions."""
    found = classifier
    while isinstance(found, FixedThresholdClassifier | FrozenEstimator):
        found = found.estimator_ if isinstance(found, FixedThresholdClassifier) else found.estimator
    if type(found) is LogisticRegression and np.array_equal(found.classes_, [0, 1]):
        return CalibratedLinear(found.coef_, float(found.intercept_[0]), AS_IT_IS, 0.5)
    return found if type(found) is CalibratedLinear else None
