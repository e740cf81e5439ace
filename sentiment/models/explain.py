"""Which words a model goes by.

A new kind of classifier is told about in one place: a registration of `_feature_weights`, or, for a family
with classifiers of its own, a function ``word_scores(model) -> Mapping[str, float] | None`` in the module
that defines the classifier's class.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import singledispatch
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import FixedThresholdClassifier
from sklearn.naive_bayes import BernoulliNB, ComplementNB, MultinomialNB

from sentiment.models.scorer import Word
from sentiment.models.text_model import TextModel

Floats = NDArray[np.float64]


class TellingWords(BaseModel):
    """The words that say most, strongest first.

    Attributes:
        recommending: With positive weights.
        not_recommending: With negative weights.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    recommending: tuple[Word, ...]
    not_recommending: tuple[Word, ...]


def telling_words(model: TextModel, top: int = 15) -> TellingWords | None:
    """Name the words that say most for either verdict.

    Args:
        model: Fitted.
        top: At most so many words for each verdict.

    Returns:
        Words of equal weight in alphabetical order. None for a family that cannot tell.
    """
    weights = _feature_weights(model.classifier)
    if weights is not None:
        names = model.vectorizer.get_feature_names_out()
    else:
        owner = sys.modules[type(model.classifier).__module__]
        scores = owner.word_scores(model) if hasattr(owner, "word_scores") else None
        if scores is None:
            return None
        names, weights = np.array(list(scores), dtype=object), np.fromiter(scores.values(), np.float64)
    ranked = np.lexsort((names.astype(str), -np.abs(weights)))
    return TellingWords(
        recommending=_words(names, weights, ranked[weights[ranked] > 0][:top]),
        not_recommending=_words(names, weights, ranked[weights[ranked] < 0][:top]),
    )


Explain = Callable[[Sequence[str], int], list[tuple[Word, ...]]]


def explainer(model: TextModel) -> Explain | None:
    """Make a function that names the words of documents that moved each verdict most, strongest first.

    With a linear or naive Bayes classifier, all contributions of a document add up to its log-odds less those of an
    empty one; with a linear one behind sigmoid calibration too. Behind another calibration, that of `CalibratedLinear`
    among them, they are the log-odds before it, and the members of a calibrated ensemble are averaged.

    Returns:
        Of documents, as `text.join_title` makes them, and a number: for each at most so many words, only such as the
        model knows. None for a family whose verdict is no sum over words.
    """
    weights = _feature_weights(model.classifier)
    if weights is None:
        return None
    names = model.vectorizer.get_feature_names_out()  # of a hundred thousand features, so not for every document

    def explain(documents: Sequence[str], top: int) -> list[tuple[Word, ...]]:
        features = model.vectorizer.transform(documents).tocsr()
        moved = _counted(model.classifier, features.data) * weights[features.indices]
        explained = []
        for start, end in pairwise(features.indptr):
            own, by = names[features.indices[start:end]], moved[start:end]
            ranked = np.lexsort((own.astype(str), -np.abs(by)))
            explained.append(_words(own, by, ranked[by[ranked] != 0][:top]))
        return explained

    return explain


@singledispatch
def _feature_weights(classifier: Any) -> Floats | None:
    """Give what one unit of each feature adds to the log-odds of class 1, ``(n_features,)``, if it is so."""
    return np.asarray(classifier.coef_[0], dtype=np.float64) if hasattr(classifier, "coef_") else None


@_feature_weights.register(MultinomialNB)
@_feature_weights.register(ComplementNB)
def _(classifier: MultinomialNB | ComplementNB) -> Floats:
    return np.asarray(classifier.feature_log_prob_[1] - classifier.feature_log_prob_[0])


@_feature_weights.register
def _(classifier: BernoulliNB) -> Floats:
    # A word that is there also takes away what its absence would have said.
    absent = np.log1p(-np.exp(classifier.feature_log_prob_))
    present = classifier.feature_log_prob_ - absent
    return np.asarray(present[1] - present[0])


@_feature_weights.register(FrozenEstimator)
@_feature_weights.register(FixedThresholdClassifier)
def _(classifier: FrozenEstimator | FixedThresholdClassifier) -> Floats | None:
    return _feature_weights(_under(classifier))


@_feature_weights.register
def _(classifier: CalibratedClassifierCV) -> Floats | None:
    members = [_calibrated_weights(member) for member in classifier.calibrated_classifiers_]
    known = [weights for weights in members if weights is not None]
    return np.asarray(np.mean(known, axis=0)) if known else None


def _calibrated_weights(member: Any) -> Floats | None:
    weights = _feature_weights(member.estimator)
    slope = getattr(member.calibrators[0], "a_", None)  # Platt's sigmoid, 1 / (1 + exp(a * score + b))
    if weights is None or slope is None or not hasattr(member.estimator, "decision_function"):
        return weights
    return np.asarray(-slope * weights)


def _counted(classifier: Any, values: Floats) -> Floats:
    """Give feature values as the classifier sees them: Bernoulli naive Bayes only asks if they are there."""
    inner = classifier
    while (under := _under(inner)) is not None:
        inner = under
    if isinstance(inner, BernoulliNB) and inner.binarize is not None:
        return np.asarray(values > inner.binarize, dtype=np.float64)
    return values


def _under(classifier: Any) -> Any:
    """Take one wrapper off a classifier; None where there is none."""
    if isinstance(classifier, CalibratedClassifierCV):
        return classifier.calibrated_classifiers_[0].estimator
    if isinstance(classifier, FixedThresholdClassifier):
        return classifier.estimator_
    return classifier.estimator if isinstance(classifier, FrozenEstimator) else None


def _words(names: NDArray[Any], weights: Floats, chosen: NDArray[np.intp]) -> tuple[Word, ...]:
    return tuple(Word(str(names[i]), float(weights[i])) for i in chosen)
