"""The article's second model: TF-IDF weights of the 3,000 commonest words."""

from __future__ import annotations

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.naive_bayes import MultinomialNB

from sentiment.models.families._bayes import BayesParams, fit_bayes
from sentiment.models.families.base import Examples, Fitted, Recipe

ALGORITHM = "Multinomial naive Bayes on TF-IDF"
Params = BayesParams


def fit(params: BayesParams, recipe: Recipe, train: Examples, validation: Examples, seed: int) -> Fitted:  # noqa: ARG001
    """Fit on the training rows; validation rows and seed have no part in it."""
    return fit_bayes(TfidfVectorizer, MultinomialNB, params, recipe, train)
