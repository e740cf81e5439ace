"""Two linear families that err on different rows, added up.

How much each counts comes from scores of training rows by models that were not fitted on them. Both read the same
TF-IDF, so that the blend is one linear model, as small, as fast and as easily explained as either.

Source: Wolpert, "Stacked generalization" (1992).
"""

from __future__ import annotations

from pydantic import Field, model_validator

from sentiment.models.families._linear import Weighting, WordParams, fit_words
from sentiment.models.families.base import Examples, Fitted, Recipe
from sentiment.models.families.complement_bayes import ComplementBayes
from sentiment.models.families.linear_svm import LinearSvm
from sentiment.models.families.nb_linear import NbLinear

ALGORITHM = "Blend of linear models on TF-IDF"


class Params(WordParams):
    """Hyperparameters; the defaults were chosen by cross-validation on training rows.

    Attributes:
        nb_linear: Of the naive-Bayes-weighted regression.
        complement_bayes: Of complement naive Bayes; None leaves it out.
        linear_svm: Of the support vector machine; None leaves it out.
    """

    nb_linear: NbLinear | None = Field(default_factory=NbLinear)
    complement_bayes: ComplementBayes | None = Field(default_factory=ComplementBayes)
    linear_svm: LinearSvm | None = None

    @model_validator(mode="after")
    def _has_members(self) -> Params:
        if len(self.members) < 2:
            raise ValueError(f"{len(self.members)} members found; a blend of at least 2 expected")
        return self

    @property
    def reads_ratings(self) -> bool:
        """Whether a member does."""
        return self.nb_linear is not None and self.nb_linear.reads_ratings

    @property
    def members(self) -> list[Weighting]:
        """Those that are not left out."""
        return [member for member in (self.nb_linear, self.complement_bayes, self.linear_svm) if member is not None]


def fit(params: Params, recipe: Recipe, train: Examples, validation: Examples, seed: int) -> Fitted:  # noqa: ARG001
    """Fit on the training rows; validation rows have no part in it."""
    return fit_words(params.members, recipe, params, train, seed)
