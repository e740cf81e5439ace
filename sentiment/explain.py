"""Which words a model goes by."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from sentiment import families
from sentiment.model import TextModel


class Word(BaseModel):
    """A word and its weight; positive speaks for a recommendation."""

    model_config = ConfigDict(frozen=True)

    word: str
    weight: float


class TellingWords(BaseModel):
    """The words that say most, strongest first."""

    model_config = ConfigDict(frozen=True)

    recommending: tuple[Word, ...]
    not_recommending: tuple[Word, ...]


def telling_words(model: TextModel, top: int = 12) -> TellingWords | None:
    """Name the words that say most for either verdict; None for a family that cannot tell."""
    weighted = _word_weights(model)
    if weighted is None:
        return None
    names, weights = weighted
    order = np.argsort(weights)
    return TellingWords(
        recommending=_words(names, weights, order[::-1][:top]),
        not_recommending=_words(names, weights, order[:top]),
    )


def contributions(model: TextModel, document: str, top: int = 8) -> tuple[Word, ...] | None:
    """Name the words of one document that moved its log-odds most, strongest first.

    Exact for linear models; for naive Bayes, what each word that is there adds to the log-odds.

    Returns:
        None for a family that cannot tell.
    """
    weights = _feature_weights(model.classifier)
    if weights is None:
        return None
    row = model.vectorizer.transform([document]).tocsr()
    moved = row.data * weights[row.indices]
    order = np.argsort(-np.abs(moved))[:top]
    return _words(model.vectorizer.get_feature_names_out()[row.indices], moved, order)


def _word_weights(model: TextModel) -> tuple[NDArray[Any], NDArray[np.float64]] | None:
    weights = _feature_weights(model.classifier)
    if weights is not None:
        return model.vectorizer.get_feature_names_out(), weights
    # A family with classifiers of its own says itself what their words weigh.
    owner = getattr(model.classifier, "stored_by", None)
    if owner is None or not hasattr(families.get(owner), "word_scores"):
        return None
    scores: dict[str, float] = families.get(owner).word_scores(model)
    return np.array(list(scores), dtype=object), np.array(list(scores.values()))


def _feature_weights(classifier: Any) -> NDArray[np.float64] | None:
    """The log-odds that each feature adds; positive speaks for class 1."""
    inner = _innermost(classifier)
    if hasattr(inner, "coef_"):
        return np.asarray(inner.coef_[0], dtype=np.float64)
    if hasattr(inner, "feature_log_prob_"):
        return np.asarray(inner.feature_log_prob_[1] - inner.feature_log_prob_[0], dtype=np.float64)
    return None


def _innermost(classifier: Any) -> Any:
    """Take thresholds, calibration and freezing off a classifier."""
    while True:
        if hasattr(classifier, "calibrated_classifiers_"):
            classifier = classifier.calibrated_classifiers_[0].estimator
        elif not hasattr(classifier, "coef_") and hasattr(classifier, "estimator"):
            classifier = classifier.estimator
        else:
            return classifier


def _words(names: NDArray[Any], weights: NDArray[np.float64], order: NDArray[np.int64]) -> tuple[Word, ...]:
    return tuple(Word(word=str(names[i]), weight=float(weights[i])) for i in order)
