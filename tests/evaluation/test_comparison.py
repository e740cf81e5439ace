"""Ranking candidates."""

from __future__ import annotations

import json
from itertools import permutations

import numpy as np
import pytest

from sentiment.errors import ConfigError, InputError
from sentiment.evaluation.comparison import Evaluation, Ranking, rank
from sentiment.metrics.summary import METRICS, Metrics, compute_metrics
from sentiment.metrics.weighted import LOWER_IS_BETTER

LABELS = np.array([0, 1] * 40)


def metrics(wrong: int) -> Metrics:
    """Of a model that is wrong about so many of 80 rows, in verdict, order and probability alike."""
    probabilities = np.where(LABELS == 1, 0.99, 0.01)
    probabilities[:wrong] = 1 - probabilities[:wrong]
    return compute_metrics(LABELS, probabilities, 0.5, resamples=10)


def candidate(name: str, wrong: int, *, wrong_on_test: int = 0) -> Evaluation:
    return Evaluation(
        name=name,
        family="tfidf_linear",
        recipe="article",
        data_name="reviews.csv",
        is_sample=False,
        threshold=0.5,
        validation=metrics(wrong),
        test=metrics(wrong_on_test),
        test_fingerprint="f" * 64,
        fit_seconds=1.5,
        microseconds_per_review=80.0,
        model_bytes=1000,
    )


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("order", list(permutations([0, 8, 16])), ids=str)
def test_the_best_wins_wherever_it_stands(order: tuple[int, ...], metric: str) -> None:
    ranking = rank([candidate(f"wrong-{wrong}", wrong) for wrong in order], metric)
    assert ranking.ordered == ("wrong-0", "wrong-8", "wrong-16")
    assert ranking.best == "wrong-0"
    assert ranking.metric == metric


def test_the_losses_are_the_metrics_of_which_less_is_better() -> None:
    good, bad = metrics(0), metrics(16)
    assert {name for name in METRICS if good.value(name) < bad.value(name)} == LOWER_IS_BETTER


@pytest.mark.parametrize("names", list(permutations(["a", "b", "c"])))
def test_a_tie_goes_to_the_candidate_named_first(names: tuple[str, ...]) -> None:
    assert rank([candidate(name, 8) for name in names], "mcc").ordered == names
    assert rank([candidate(name, 8) for name in names], "brier").ordered == names


def test_a_tie_for_the_lead_goes_to_the_earlier_behind_a_worse_one() -> None:
    evaluations = [candidate("worst", 16), candidate("first", 4), candidate("second", 4)]
    assert rank(evaluations, "mcc").ordered == ("first", "second", "worst")


def test_test_rows_have_no_say() -> None:
    evaluations = [candidate("good", 0, wrong_on_test=40), candidate("bad", 16, wrong_on_test=0)]
    for metric in METRICS:
        assert rank(evaluations, metric).best == "good"
    swapped = [
        one.model_copy(update={"test": other.test}) for one, other in zip(evaluations, evaluations[::-1], strict=True)
    ]
    assert rank(swapped) == rank(evaluations)


def test_test_rows_do_not_break_ties_either() -> None:
    assert rank([candidate("first", 8, wrong_on_test=40), candidate("second", 8, wrong_on_test=0)]).best == "first"


def test_one_candidate_is_the_best() -> None:
    assert rank([candidate("only", 8)]).ordered == ("only",)


def test_an_unknown_metric_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ConfigError, match=r"'test_mcc' is not known; there are: accuracy, .*mcc"):
        rank([candidate("only", 8)], "test_mcc")


def test_nothing_to_rank_is_refused() -> None:
    with pytest.raises(InputError, match="at least one candidate expected"):
        rank([])


def test_two_candidates_of_one_name_are_refused() -> None:
    with pytest.raises(InputError, match="several candidates are called a; one of each name expected"):
        rank([candidate("a", 8), candidate("b", 8), candidate("a", 4)])


def test_evaluations_and_rankings_survive_json() -> None:
    evaluation = candidate("a", 8, wrong_on_test=4)
    assert Evaluation.model_validate_json(evaluation.model_dump_json()) == evaluation
    ranking = rank([evaluation, candidate("b", 0)])
    assert Ranking.model_validate_json(ranking.model_dump_json()) == ranking
    with pytest.raises(ValueError, match="frozen"):
        ranking.metric = "accuracy"


def test_flat_keeps_validation_and_test_apart() -> None:
    flat = candidate("a", 8, wrong_on_test=4).flat()
    assert (flat["val_accuracy"], flat["test_accuracy"]) == (0.9, 0.95)
    assert (flat["threshold"], flat["fit_seconds"], flat["model_bytes"]) == (0.5, 1.5, 1000.0)
    assert flat["microseconds_per_review"] == 80.0
    json.dumps(flat)
