"""Logistic regression on TF-IDF of the characters of words: misspelt words keep most of what they say.

Source: Cavnar and Trenkle, "N-gram-based text categorization" (1994), for documents as short runs of characters.
"""

from __future__ import annotations

from pydantic import Field, model_validator
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer

from sentiment.models.families._linear import (
    Rows,
    SoftLabelParams,
    Weights,
    fit_weightings,
    reading_titles,
)
from sentiment.models.families._logistic import logistic_weights
from sentiment.models.families.base import Examples, Fitted, Recipe
from sentiment.models.spelling import Spelling

ALGORITHM = "Logistic regression on TF-IDF of characters"


class Params(SoftLabelParams):
    """Hyperparameters; the defaults were chosen by cross-validation on training rows.

    Attributes:
        use_title: Let the recipe read the title in front of the review.
        shortest: Characters of the shortest run that counts as a feature; the space around a word is one.
        longest: Of the longest.
        min_df: Training documents that must have a feature for it to be kept.
        c: Inverse strength of the L2 penalty.
    """

    use_title: bool = True
    shortest: int = Field(default=2, ge=1, le=8)
    longest: int = Field(default=5, ge=1, le=8)
    min_df: int = Field(default=5, ge=1)
    c: float = Field(default=4.0, gt=0)

    @model_validator(mode="after")
    def _longest_is_no_shorter(self) -> Params:
        if self.longest < self.shortest:
            raise ValueError(f"longest is {self.longest}; at least shortest, {self.shortest}, expected")
        return self

    def __call__(self, rows: Rows, seed: int) -> Weights:  # noqa: ARG002  (the optimum is one)
        """Learn from `rows` alone."""
        return logistic_weights(rows.features, rows.targets(self.soft_labels), self.c, counts=rows.counts)


def fit(params: Params, recipe: Recipe, train: Examples, validation: Examples, seed: int) -> Fitted:  # noqa: ARG001
    """Fit on the training rows; validation rows have no part in it."""
    vectorizer = TfidfVectorizer(
        preprocessor=Spelling(reading_titles(recipe, params.use_title)),
        analyzer="char_wb",
        lowercase=False,
        ngram_range=(params.shortest, params.longest),
        min_df=params.min_df,
        sublinear_tf=True,
    )
    features: csr_matrix = vectorizer.fit_transform(train.documents)
    return fit_weightings([params], vectorizer, features, train, seed)
