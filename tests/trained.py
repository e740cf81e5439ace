"""Models that tests of several rooms use, fitted on the sample once."""

from __future__ import annotations

import pytest

from sentiment.models import families
from sentiment.models.families.base import Examples, Fitted
from sentiment.models.text_model import TextModel
from sentiment.reviews.reading import examples, read_reviews, with_text
from sentiment.reviews.splits import Split, split_reviews
from sentiment.training.candidates import Candidate
from tests.conftest import ROOT

SAMPLE = ROOT / "data" / "sample_reviews.csv"
RECIPES = {
    "char_linear": "negation",
    "complement_bayes": "negation",
    "linear_blend": "ending",
    "linear_svm": "negation",
    "nb_linear": "negation",
    "tfidf_linear": "negation",
}
QUICK = {"embedding_average": {"max_epochs": 6}}


def candidate(family: str, **params: object) -> Candidate:
    return Candidate(
        name=family, family=family, recipe=RECIPES.get(family, "article"), params={**QUICK.get(family, {}), **params}
    )


@pytest.fixture(scope="session")
def split() -> Split:
    return split_reviews(with_text(read_reviews(SAMPLE)), validation_share=0.1, seed=0)


@pytest.fixture(scope="session")
def fit(split):
    def fit_family(family: str, *, seed: int = 0, **params: object) -> Fitted:
        return candidate(family, **params).fit(examples(split.train), examples(split.validation), seed)

    return fit_family


@pytest.fixture(scope="session")
def fitted(fit) -> dict[str, Fitted]:
    return {family: fit(family) for family in families.names()}


@pytest.fixture(scope="session")
def models(split) -> list[TextModel]:
    """Models of the same kind, each trained on more rows than the one before it."""
    train, validation = examples(split.train), examples(split.validation)
    return [
        candidate("bag_of_words").fit(Examples(train.documents[:rows], train.labels[:rows]), validation, 0).model
        for rows in (60, 150, 400, 2000)
    ]


@pytest.fixture(params=families.names())
def family(request: pytest.FixtureRequest) -> str:
    return str(request.param)
