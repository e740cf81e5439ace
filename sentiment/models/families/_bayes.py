"""What the article's two naive Bayes models share."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from sentiment.models.families.base import Examples, FamilyParams, Fitted, Recipe
from sentiment.models.text_model import TextModel


class BayesParams(FamilyParams):
    """Hyperparameters; the defaults are the article's.

    Attributes:
        max_features: Words kept, the commonest first.
        alpha: Additive smoothing.
    """

    max_features: int = Field(default=3000, ge=1)
    alpha: float = Field(default=1.0, gt=0)


def fit_bayes(vectorizer: type, classifier: type, params: BayesParams, recipe: Recipe, train: Examples) -> Fitted:
    """Fit a scikit-learn word vectorizer and a naive Bayes classifier on the training rows, sparse throughout."""
    words: Any = vectorizer(analyzer=recipe, max_features=params.max_features)
    features = words.fit_transform(train.documents)
    return Fitted(TextModel(words, classifier(alpha=params.alpha).fit(features, train.labels)))
