"""The promotion gate, at its boundaries."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from sentiment.errors import ConfigError, IncomparableReportsError, InputError
from sentiment.metrics.fingerprint import fingerprint
from sentiment.metrics.summary import METRICS, compute_metrics
from sentiment.release.policy import Policy
from sentiment.release.promotion import Decision, Report, decide_promotion

ROOT = Path(__file__).parents[2]
LABELS = np.array([0, 1, 1, 1, 1] * 40)
SHIPPED = {
    "floors": {"accuracy": 0.5},
    "metric": "accuracy",
    "minimum_gain": 0.0,
    "minimum_probability": 0.9,
    "max_microseconds_per_review": 100.0,
    "max_bytes": 1000,
}


def policy(**changes: Any) -> Policy:
    return Policy.from_mapping(SHIPPED | changes)


def report(wrong: int, **changes: Any) -> Report:
    """Of a model that is wrong about the first so many of 200 test rows."""
    probabilities = np.where(LABELS == 1, 0.9, 0.1)
    probabilities[:wrong] = 1 - probabilities[:wrong]
    made = Report(
        labels=LABELS,
        probabilities=probabilities,
        threshold=0.5,
        fingerprint=fingerprint(range(200), LABELS),
        microseconds_per_review=50.0,
        model_bytes=500,
        is_sample=False,
        train_test_overlap=0,
    )
    return replace(made, **changes)


def failed(decision: Decision) -> list[str]:
    return [check.name for check in decision.checks if not check.passed]


def test_a_clearly_better_challenger_is_promoted() -> None:
    decision = decide_promotion(report(10), report(40), policy())
    assert decision.promoted and not failed(decision)
    assert (decision.forced, decision.first_release) == (None, False)
    assert [check.name for check in decision.checks] == [
        "floor_accuracy",
        "gain_accuracy",
        "probability_better",
        "microseconds_per_review",
        "model_bytes",
        "sample_replaces_real_data",
        "train_test_overlap",
    ]


def test_a_worse_challenger_is_not() -> None:
    decision = decide_promotion(report(40), report(10), policy(minimum_probability=0.0))
    assert not decision.promoted
    assert failed(decision) == ["gain_accuracy"]


def test_a_champion_that_could_not_be_scored_is_not_replaced_without_force() -> None:
    decision = decide_promotion(report(10), None, policy(), unscored="its files are gone")
    assert not decision.promoted and not decision.first_release
    assert failed(decision) == ["champion_scored"]
    assert "its files are gone" in decision.reasons()[1]
    forced = decide_promotion(report(10), None, policy(), unscored="its files are gone", force_reason="it must")
    assert forced.promoted and forced.forced == "it must"


@pytest.mark.parametrize("metric", METRICS)
def test_a_tie_keeps_the_champion(metric: str) -> None:
    for minimum_probability in (0.0, 0.9):
        tie = policy(metric=metric, minimum_gain=0.0, minimum_probability=minimum_probability)
        decision = decide_promotion(report(20), report(20), tie)
        assert not decision.promoted
        assert f"gain_{metric}" in failed(decision)


@pytest.mark.parametrize("metric", METRICS)
def test_every_metric_can_decide_and_losses_are_better_when_lower(metric: str) -> None:
    assert decide_promotion(report(5), report(60), policy(metric=metric)).promoted
    assert not decide_promotion(report(60), report(5), policy(metric=metric)).promoted


def test_a_gain_of_exactly_the_minimum_passes_and_less_does_not() -> None:
    exact = policy(minimum_gain=0.05, minimum_probability=0.0)
    assert decide_promotion(report(20), report(30), exact).promoted
    assert decide_promotion(report(30), report(40), exact).promoted  # 0.85 - 0.80 < 0.05 in floating point
    assert failed(decide_promotion(report(21), report(30), exact)) == ["gain_accuracy"]


def test_a_gain_that_chance_could_give_is_not_enough() -> None:
    decision = decide_promotion(report(20), report(21), policy())
    assert failed(decision) == ["probability_better"]
    assert 0.5 < decision.checks[2].value < 0.7  # 1 - exp(-1) of the resamples draw the one row


def test_a_probability_of_exactly_the_minimum_passes() -> None:
    value = decide_promotion(report(20), report(21), policy()).checks[2].value
    assert decide_promotion(report(20), report(21), policy(minimum_probability=value)).promoted
    above = policy(minimum_probability=float(np.nextafter(value, 1)))
    assert not decide_promotion(report(20), report(21), above).promoted


def test_a_value_exactly_at_the_floor_passes_and_one_below_does_not() -> None:
    value = report(20).metrics.mcc
    assert decide_promotion(report(20), None, policy(floors={"mcc": value})).promoted
    above = policy(floors={"mcc": float(np.nextafter(value, 1))})
    assert failed(decide_promotion(report(20), None, above)) == ["floor_mcc"]


def test_the_floor_of_a_loss_is_a_ceiling() -> None:
    value = report(20).metrics.brier
    assert decide_promotion(report(20), None, policy(floors={"brier": value})).promoted
    below = policy(floors={"brier": float(np.nextafter(value, 0))})
    assert failed(decide_promotion(report(20), None, below)) == ["floor_brier"]


def test_a_floor_holds_against_a_champion_too_and_each_one_counts() -> None:
    floors = {"accuracy": 0.5, "mcc": 0.99, "roc_auc": 0.5}
    assert failed(decide_promotion(report(10), report(40), policy(floors=floors))) == ["floor_mcc"]


def test_a_first_release_is_asked_for_the_floors_alone() -> None:
    costly = report(20, microseconds_per_review=1e9, model_bytes=10**12, is_sample=True, train_test_overlap=3)
    decision = decide_promotion(costly, None, policy())
    assert decision.promoted and decision.first_release
    assert [check.name for check in decision.checks] == ["floor_accuracy"]
    assert decision.reasons()[0] == "Promoted as the first release: every check passed."
    below = decide_promotion(report(150), None, policy())
    assert not below.promoted
    assert below.reasons()[0] == "Not promoted: 1 of 1 checks failed."


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"microseconds_per_review": 100.0}, None),
        ({"microseconds_per_review": 100.1}, "microseconds_per_review"),
        ({"model_bytes": 1000}, None),
        ({"model_bytes": 1001}, "model_bytes"),
        ({"train_test_overlap": 1}, "train_test_overlap"),
        ({"train_test_overlap": None}, "train_test_overlap"),
        ({"is_sample": True}, "sample_replaces_real_data"),
    ],
)
def test_each_limit_holds_at_its_boundary_and_fails_alone(change: dict[str, Any], name: str | None) -> None:
    decision = decide_promotion(report(10, **change), report(40), policy())
    assert failed(decision) == ([name] if name else [])
    assert decision.promoted == (name is None)


@pytest.mark.parametrize(("ours", "theirs", "allowed"), [(True, True, True), (False, True, True), (True, False, False)])
def test_only_a_model_of_the_sample_replacing_one_of_real_data_is_refused(
    ours: bool, theirs: bool, allowed: bool
) -> None:
    decision = decide_promotion(report(10, is_sample=ours), report(40, is_sample=theirs), policy())
    assert decision.promoted is allowed


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_what_is_not_a_number_never_passes(number: float) -> None:
    decision = decide_promotion(report(10, microseconds_per_review=number), report(40), policy())
    assert failed(decision) == ["microseconds_per_review"]
    assert decision.checks[3].value is None
    assert Decision.model_validate_json(decision.model_dump_json()) == decision


def test_probabilities_that_are_not_numbers_are_refused_with_any_force() -> None:
    broken = report(10, probabilities=np.full(200, np.nan))
    for challenger, champion in ((broken, report(40)), (report(10), broken), (broken, None)):
        with pytest.raises(ValueError, match="200 probabilities such as nan"):
            decide_promotion(challenger, champion, policy(), force_reason="it must")


def test_reports_on_different_rows_are_refused_with_any_force() -> None:
    other = report(40, fingerprint=fingerprint(range(1, 201), LABELS))
    with pytest.raises(
        IncomparableReportsError, match=r"challenger was scored on rows \w{12}, the champion on rows \w{12};"
    ):
        decide_promotion(report(10), other, policy(), force_reason="it must")


def test_one_fingerprint_with_different_labels_is_refused() -> None:
    with pytest.raises(IncomparableReportsError, match="different labels"):
        decide_promotion(report(10), report(40, labels=1 - LABELS), policy())


def test_rows_of_one_class_decide_nothing() -> None:
    with pytest.raises(InputError, match="all labelled 1"):
        decide_promotion(report(10, labels=np.ones_like(LABELS)), None, policy())


def test_force_promotes_what_fails_and_is_recorded_with_its_reason() -> None:
    decision = decide_promotion(report(40), report(10), policy(), force_reason="the champion leaks names")
    assert decision.promoted
    assert decision.forced == "the champion leaks names"
    assert failed(decision) == ["gain_accuracy", "probability_better"]
    first = decision.reasons()[0]
    assert first == ("Promoted by force, although 2 of 7 checks failed. The reason given: the champion leaks names")


def test_force_that_was_not_needed_is_not_recorded() -> None:
    decision = decide_promotion(report(10), report(40), policy(), force_reason="to be sure")
    assert decision.promoted and decision.forced is None


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_force_needs_a_reason(reason: str) -> None:
    with pytest.raises(ConfigError, match="reason for forcing a promotion is empty"):
        decide_promotion(report(10), report(40), policy(), force_reason=reason)


def test_reasons_name_value_and_limit_of_every_check_the_failed_first() -> None:
    decision = decide_promotion(report(10, model_bytes=2500), report(40), policy(minimum_gain=0.1))
    reasons = decision.reasons()
    assert reasons[0] == "Not promoted, the champion stays: 1 of 7 checks failed."
    assert reasons[1] == "FAILED: the model's files have 2,500 bytes; at most 1,000 is allowed"
    assert len(reasons) == 8
    assert any("accuracy is 0.9500; at least 0.5 is needed" in reason for reason in reasons)
    assert any("is +0.1500 (95% interval +0." in reason and "at least 0.1 is asked" in reason for reason in reasons)


def test_a_decision_is_the_same_each_time_and_survives_json() -> None:
    decision = decide_promotion(report(18), report(24), policy())
    assert decide_promotion(report(18), report(24), policy()) == decision
    assert Decision.model_validate_json(decision.model_dump_json()) == decision


@settings(max_examples=30, deadline=None)
@given(
    wrong=st.integers(0, 120),
    champion_wrong=st.integers(0, 120),
    size=st.integers(1, 2000),
    overlap=st.sampled_from([0, 1, None]),
    sample=st.booleans(),
)
def test_it_is_promoted_exactly_if_every_check_passes(
    wrong: int, champion_wrong: int, size: int, overlap: int | None, sample: bool
) -> None:
    challenger = report(wrong, model_bytes=size, train_test_overlap=overlap, is_sample=sample)
    decision = decide_promotion(challenger, report(champion_wrong), policy())
    assert decision.promoted == all(check.passed for check in decision.checks)
    if decision.promoted:
        assert wrong < champion_wrong and size <= 1000 and overlap == 0 and not sample


def test_the_reports_metrics_are_those_of_its_own_probabilities() -> None:
    assert report(10).metrics == compute_metrics(LABELS, report(10).probabilities, 0.5)
    assert replace(report(10), threshold=0.95).metrics.accuracy == 0.2


def test_the_shipped_policy_is_valid_and_refuses_a_constant_answer() -> None:
    path = ROOT / "pipelines" / "configs" / "promotion.yaml"
    shipped = Policy.from_mapping(yaml.safe_load(path.read_text(encoding="utf-8")), source=path.name)
    constant = report(0, probabilities=np.full(200, 0.8))
    assert failed(decide_promotion(constant, None, shipped)) == ["floor_mcc", "floor_roc_auc"]
    assert decide_promotion(report(10), None, shipped).promoted


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"minimum_gian": 0.1}, r"unknown key 'minimum_gian' found; allowed: floors, metric, .*max_bytes"),
        ({"floors": {"f2": 0.5}}, r"floors: metric 'f2' is not known; there are: accuracy, "),
        ({"floors": {}}, "floors: Dictionary should have at least 1 item"),
        ({"floors": {"accuracy": 82}}, r"floors: 82 found for accuracy, whose values lie in \[0, 1\]"),
        ({"floors": {"mcc": -1.5}}, r"lie in \[-1, 1\]"),
        ({"floors": {"mcc": float("nan")}}, r"floors.mcc: .*finite number \(found nan\)"),
        ({"metric": "f2"}, "metric: metric 'f2' is not known"),
        ({"minimum_gain": -0.1}, r"minimum_gain: .*greater than or equal to 0 \(found -0.1\)"),
        ({"minimum_gain": "0.1"}, r"minimum_gain: .*valid number \(found '0.1'\)"),
        ({"minimum_gain": True}, r"minimum_gain: .* \(found True\)"),
        ({"minimum_probability": 1.1}, r"minimum_probability: .*less than or equal to 1 \(found 1.1\)"),
        ({"max_microseconds_per_review": 0}, r"greater than 0 \(found 0\)"),
        ({"max_bytes": 1.5}, r"max_bytes: .*valid integer \(found 1.5\)"),
    ],
)
def test_a_policy_with_a_mistake_is_refused_by_name(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        policy(**change)


@pytest.mark.parametrize("key", SHIPPED)
def test_every_key_of_a_policy_must_be_stated(key: str) -> None:
    with pytest.raises(ConfigError, match=f"key '{key}' is missing; the keys floors, "):
        Policy.from_mapping({name: value for name, value in SHIPPED.items() if name != key})


def test_all_mistakes_of_a_policy_are_named_at_once() -> None:
    with pytest.raises(ConfigError) as error:
        Policy.from_mapping(SHIPPED | {"metric": "f2", "colour": "red"}, source="promotion.yaml")
    assert str(error.value).startswith("promotion.yaml cannot be used:\n  - ")
    assert str(error.value).count("\n  - ") == 2


@pytest.mark.parametrize("content", [None, [], "mcc", 3])
def test_a_file_that_holds_no_mapping_is_no_policy(content: Any) -> None:
    with pytest.raises(ConfigError, match=r"found; a mapping with the keys floors, .* expected"):
        Policy.from_mapping(content)


def test_the_log_loss_may_have_a_limit_above_one() -> None:
    assert policy(floors={"log_loss": 1.5}).floors == {"log_loss": 1.5}
