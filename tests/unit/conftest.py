"""Every family, fitted on the sample once."""

from __future__ import annotations

import pytest

from sentiment import families
from sentiment.candidates import Candidate
from sentiment.families.base import Fitted
from sentiment.reviews import examples, read_reviews, with_text
from sentiment.splits import Split, split_reviews
from tests.conftest import ROOT

RECIPES = {"tfidf_linear": "negation"}
QUICK = {"embedding_average": {"max_epochs": 6}}


def candidate(family: str, **params: object) -> Candidate:
    return Candidate(
        name=family, family=family, recipe=RECIPES.get(family, "article"), params={**QUICK.get(family, {}), **params}
    )


@pytest.fixture(scope="session")
def split() -> Split:
    return split_reviews(with_text(read_reviews(ROOT / "data" / "sample_reviews.csv")), validation_share=0.1, seed=0)


@pytest.fixture(scope="session")
def fit(split):
    def fit_family(family: str, *, seed: int = 0, **params: object) -> Fitted:
        return candidate(family, **params).fit(examples(split.train), examples(split.validation), seed)

    return fit_family


@pytest.fixture(scope="session")
def fitted(fit) -> dict[str, Fitted]:
    return {family: fit(family) for family in families.names()}


@pytest.fixture(params=families.names())
def family(request: pytest.FixtureRequest) -> str:
    return str(request.param)
