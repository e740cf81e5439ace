"""The article's first model: which of the 3,000 commonest words occur."""

from __future__ import annotations

from sklearn.feature_extraction.text import CountVectorizer
from sklearn.naive_bayes import BernoulliNB

from sentiment.models.families._bayes import BayesParams, fit_bayes
from sentiment.models.families.base import Examples, Fitted, Recipe

ALGORITHM = "Bernoulli naive Bayes on word counts"
Params = BayesParams


def fit(params: BayesParams, recipe: Recipe, train: Examples, validation: Examples, seed: int) -> Fitted:  # noqa: ARG001
    """Fit on the training rows; validation rows and seed have no part in it."""
    return fit_bayes(CountVectorizer, BernoulliNB, params, recipe, train)
