"""One document at a time: scikit-learn's own sums without matrices of one row.

A request asks about one review. Of the 0.7 ms that scikit-learn takes for it, four fifths go into checking and building
a matrix; the sums below are the same ones, on the few numbers that are not zero.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import FixedThresholdClassifier

from sentiment.models import ngrams
from sentiment.models.text_model import TextModel

Score = Callable[[str], float]


def single_scorer(model: TextModel) -> Score | None:
    """Make a function that gives one document's probability of a recommendation.

    Returns:
        None for what is not a logistic regression on TF-IDF as `ngrams` reads it.
    """
    words, regression = model.vectorizer, _unwrapped(model.classifier)
    if type(regression) is not LogisticRegression or not ngrams.reads(words):
        return None
    analyze, index, idf = words.build_analyzer(), words.vocabulary_, words.idf_
    weights, intercept = regression.coef_[0] * idf, float(regression.intercept_[0])

    def score(document: str) -> float:
        counts = Counter(found for word in analyze(document) if (found := index.get(word)) is not None)
        positions = np.fromiter(counts.keys(), np.intp, len(counts))
        frequency = 1 + np.log(np.fromiter(counts.values(), np.float64, len(counts)))
        length = np.linalg.norm(frequency * idf[positions])
        log_odds = float(frequency @ weights[positions]) / (length or 1.0) + intercept
        return 1 / (1 + math.exp(-log_odds)) if log_odds >= 0 else 1 - 1 / (1 + math.exp(log_odds))

    return score


def _unwrapped(classifier: Any) -> Any:
    while isinstance(classifier, FixedThresholdClassifier | FrozenEstimator):
        classifier = classifier.estimator_ if isinstance(classifier, FixedThresholdClassifier) else classifier.estimator
    return classifier
