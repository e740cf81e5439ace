"""A small search: few rows, two families, trials that take a tenth of a second."""

from __future__ import annotations

import pytest

from sentiment.reviews.reading import examples
from sentiment.search.journal import Journal, Plan
from sentiment.search.pool import Pool
from sentiment.search.search import run_search
from sentiment.search.space import parse_space
from tests.trained import candidate

SPACE = {
    "start": "nb_linear",
    "folds": 2,
    "trials": 14,
    "families": {
        "nb_linear": {
            "recipe": ["negation", "ending"],
            "params": {"ngrams": {"low": 1, "high": 2}, "c": {"low": 0.5, "high": 50.0, "log": True}},
        },
        "linear_svm": {"recipe": "negation", "params": {"c": {"low": 0.05, "high": 5.0, "log": True}}},
    },
}


@pytest.fixture(scope="session")
def rows(split):
    return examples(split.train.head(500))


@pytest.fixture(scope="session")
def plan():
    space = parse_space(SPACE, source="the test")
    return Plan(name="small", space=space, start=candidate("nb_linear"), engine="optuna", algorithm="tpe", rows="500")


@pytest.fixture(scope="session")
def pool(rows):
    with Pool(rows, 1, None) as workers:
        yield workers


@pytest.fixture(scope="session")
def searched(plan, pool, tmp_path_factory):
    """A finished search and its journal."""
    path = tmp_path_factory.mktemp("searched") / "small.jsonl"
    return run_search(plan, Journal(path), pool, trials=plan.space.trials), path
