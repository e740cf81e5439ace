"""What every engine promises."""

from __future__ import annotations

import pytest

from sentiment.errors import ConfigError
from sentiment.search import engines
from sentiment.search.trial import Trial

EVERY = [(name, algorithm) for name in engines.names() for algorithm in engines.get(name).ALGORITHMS]


def tried(plan, count, score):
    """Trials that an engine proposed, scored by a formula."""
    proposed = engines.get("optuna").propose(plan.space, [], count, "random", 5)
    return [
        Trial(number=number, values=one, candidate=plan.space.candidate(one), state="done", folds=(score(one),))
        for number, one in enumerate(proposed)
    ]


def by_family(values):
    return 0.9 if values["family"] == "linear_svm" else 0.6


@pytest.mark.parametrize(("engine", "algorithm"), EVERY)
@pytest.mark.parametrize("known", [0, 1, 25])
def test_every_proposal_is_a_candidate_of_the_space(plan, engine, algorithm, known):
    history = tried(plan, known, by_family)
    proposed = engines.get(engine).propose(plan.space, history, 6, algorithm, 0)
    assert len(proposed) == 6
    for values in proposed:
        candidate = plan.space.candidate(values)
        assert plan.space.values_of(candidate) == values


@pytest.mark.parametrize(("engine", "algorithm"), EVERY)
def test_the_same_history_and_seed_give_the_same_proposals(plan, engine, algorithm):
    history = tried(plan, 15, by_family)
    propose = engines.get(engine).propose
    assert propose(plan.space, history, 6, algorithm, 3) == propose(plan.space, history, 6, algorithm, 3)
    assert propose(plan.space, history, 6, algorithm, 3) != propose(plan.space, history, 6, algorithm, 4)


@pytest.mark.parametrize("engine", engines.names())
@pytest.mark.parametrize(("metric", "better"), [("roc_auc", "linear_svm"), ("log_loss", "nb_linear")])
def test_tpe_proposes_more_of_what_was_better(plan, engine, metric, better):
    space = plan.space.model_copy(update={"metric": metric})
    history = tried(plan, 40, by_family)
    proposed = [engines.get(engine).propose(space, history, 1, "tpe", seed)[0] for seed in range(20)]
    assert sum(values["family"] == better for values in proposed) >= 13


def test_what_failed_is_not_learned_from(plan):
    history = tried(plan, 12, by_family)
    failed = Trial(number=12, values=history[0].values, candidate=history[0].candidate, state="failed", error="x")
    propose = engines.get("optuna").propose
    assert propose(plan.space, [*history, failed], 3, "tpe", 0) == propose(plan.space, history, 3, "tpe", 0)


def test_an_unknown_engine_or_algorithm_is_named_with_those_there_are():
    with pytest.raises(ConfigError, match="engine 'grid' is not known; there are: hyperopt, optuna"):
        engines.require("grid", None)
    with pytest.raises(ConfigError, match="engine optuna has no algorithm 'atpe'; there are: tpe, random"):
        engines.require("optuna", "atpe")
    assert engines.require("hyperopt", "atpe") == "atpe"
    assert engines.require("optuna", None) == "tpe"
