"""Metrics against scikit-learn, their intervals, thresholds and comparisons on the same rows."""

from __future__ import annotations

import csv
import json
from itertools import pairwise
from time import process_time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk
from sklearn.model_selection import train_test_split

from sentiment.errors import ConfigError, InputError
from sentiment.metrics.bootstrap import interval, paired_bootstrap, resampled
from sentiment.metrics.fingerprint import fingerprint
from sentiment.metrics.predictions import check_predictions
from sentiment.metrics.summary import METRICS, Metrics, compute_metrics, require_metric
from sentiment.metrics.threshold import best_threshold
from sentiment.metrics.weighted import LOWER_IS_BETTER, measure


def scored(rows: int = 400, seed: int = 0, skill: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Labels of which about 80% recommend, and the probabilities of a model with some skill."""
    generator = np.random.default_rng(seed)
    labels = (generator.random(rows) < 0.8).astype(np.int64)
    return labels, 1 / (1 + np.exp(-(skill * (2 * labels - 1) + generator.normal(size=rows) + 0.5)))


@st.composite
def tied_rows(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Labels of both classes, probabilities with many ties, and weights under which both classes are left."""
    size = draw(st.integers(2, 25))
    labels = np.array(draw(st.lists(st.integers(0, 1), min_size=size, max_size=size)))
    labels[0], labels[1] = 0, 1
    steps = draw(st.sampled_from([1, 3, 10, 97]))
    tenths = draw(st.lists(st.integers(0, steps), min_size=size, max_size=size))
    weights = np.array(draw(st.lists(st.integers(0, 4), min_size=size, max_size=size)))
    weights[:2] += 1
    return labels, np.array(tenths) / steps, weights


def by_sklearn(name: str, labels: np.ndarray, probabilities: np.ndarray, threshold: float) -> float:
    verdicts = (probabilities >= threshold).astype(int)
    not_recommended = {"pos_label": 0, "zero_division": 0.0}
    return {
        "accuracy": lambda: sk.accuracy_score(labels, verdicts),
        "balanced_accuracy": lambda: sk.balanced_accuracy_score(labels, verdicts),
        "precision_not_recommended": lambda: sk.precision_score(labels, verdicts, **not_recommended),
        "recall_not_recommended": lambda: sk.recall_score(labels, verdicts, **not_recommended),
        "f1_not_recommended": lambda: sk.f1_score(labels, verdicts, **not_recommended),
        "macro_f1": lambda: sk.f1_score(labels, verdicts, average="macro", zero_division=0.0),
        "mcc": lambda: sk.matthews_corrcoef(labels, verdicts),
        "roc_auc": lambda: sk.roc_auc_score(labels, probabilities),
        "pr_auc": lambda: sk.average_precision_score(labels, -probabilities, pos_label=0),
        "brier": lambda: sk.brier_score_loss(labels, probabilities),
        "log_loss": lambda: sk.log_loss(labels, probabilities),
        "ece": lambda: ece_by_hand(labels, probabilities),
    }[name]()


def ece_by_hand(labels: np.ndarray, probabilities: np.ndarray) -> float:
    total = 0.0
    for bin_number in range(15):
        low, high = bin_number / 15, (bin_number + 1) / 15
        inside = (probabilities > low) & (probabilities <= high)
        if bin_number == 0:
            inside |= probabilities == 0
        if inside.any():
            total += inside.mean() * abs(probabilities[inside].mean() - labels[inside].mean())
    return total


@pytest.mark.parametrize("name", METRICS)
def test_every_metric_is_that_of_scikit_learn(name: str) -> None:
    labels, probabilities = scored()
    value = compute_metrics(labels, probabilities, 0.6, resamples=1).value(name)
    assert value == pytest.approx(by_sklearn(name, labels, probabilities, 0.6), abs=1e-12)


@pytest.mark.parametrize("name", METRICS)
@settings(max_examples=20, deadline=None)
@given(rows=tied_rows(), threshold=st.sampled_from([0.0, 1 / 3, 0.5, 1.0]))
def test_weighted_rows_count_like_repeated_rows(name: str, rows: tuple, threshold: float) -> None:
    labels, probabilities, weights = rows
    taken = measure(name, check_predictions(labels, probabilities, threshold))(weights[np.newaxis].astype(float))
    repeated = by_sklearn(name, labels.repeat(weights), probabilities.repeat(weights), threshold)
    assert taken[0] == pytest.approx(repeated, abs=1e-9)


def test_a_probability_equal_to_the_threshold_counts_as_recommending() -> None:
    labels, probabilities = [1, 1, 0, 0], [0.7, 0.6, 0.5, 0.4]
    assert compute_metrics(labels, probabilities, 0.5, resamples=20).accuracy == 0.75
    assert compute_metrics(labels, probabilities, np.nextafter(0.5, 1), resamples=20).accuracy == 1.0


def test_precision_and_recall_are_of_the_customers_who_do_not_recommend() -> None:
    labels = [0, 0, 0, 0, 1, 1, 1, 1, 1, 1]
    probabilities = [0.1, 0.9, 0.9, 0.9, 0.1, 0.9, 0.9, 0.9, 0.9, 0.9]
    metrics = compute_metrics(labels, probabilities, 0.5, resamples=50)
    assert metrics.recall_not_recommended == 0.25
    assert metrics.precision_not_recommended == 0.5
    assert metrics.f1_not_recommended == pytest.approx(1 / 3)


def test_a_constant_answer_has_no_skill() -> None:
    labels, _ = scored()
    metrics = compute_metrics(labels, np.full(len(labels), 0.8), 0.5, resamples=50)
    assert (metrics.mcc, metrics.roc_auc, metrics.precision_not_recommended) == (0.0, 0.5, 0.0)
    assert metrics.accuracy == labels.mean()
    assert metrics.pr_auc == pytest.approx(1 - labels.mean())


def test_perfect_and_certain_probabilities_give_perfect_metrics() -> None:
    labels, _ = scored()
    metrics = compute_metrics(labels, labels.astype(float), 0.5, resamples=50)
    assert (metrics.mcc, metrics.roc_auc, metrics.pr_auc, metrics.brier, metrics.ece) == (1, 1, 1, 0, 0)
    assert metrics.intervals == dict.fromkeys(("accuracy", "mcc", "roc_auc"), (1.0, 1.0))


def test_one_sure_mistake_leaves_the_log_loss_finite() -> None:
    metrics = compute_metrics([0, 1, 1], [1.0, 1.0, 1.0], 0.5, resamples=50)
    assert 0 < metrics.log_loss < 20


def test_intervals_are_those_of_resampling_rows_and_scoring_each_resample() -> None:
    labels, probabilities = scored(300)
    metrics = compute_metrics(labels, probabilities, 0.5, resamples=4000)
    generator = np.random.default_rng(99)
    drawn = [generator.integers(0, 300, 300) for _ in range(600)]
    for name in ("accuracy", "mcc", "roc_auc"):
        slow = [by_sklearn(name, labels[rows], probabilities[rows], 0.5) for rows in drawn]
        low, high = np.percentile(slow, (2.5, 97.5))
        width = high - low
        assert metrics.intervals[name] == pytest.approx((low, high), abs=0.15 * width)
        assert metrics.intervals[name].low < metrics.value(name) < metrics.intervals[name].high


def test_the_same_seed_gives_the_same_intervals_and_another_seed_others() -> None:
    rows = scored()
    first = compute_metrics(*rows, 0.5, seed=3)
    assert compute_metrics(*rows, 0.5, seed=3) == first
    assert compute_metrics(*rows, 0.5, seed=4).mcc_interval != first.mcc_interval
    assert compute_metrics(*rows, 0.5, seed=4).mcc == first.mcc


def test_a_thousand_resamples_of_the_test_rows_take_well_under_a_second() -> None:
    rows = scored(4529)
    compute_metrics(*rows, 0.5)
    started = process_time()
    compute_metrics(*rows, 0.5)
    assert process_time() - started < 0.9  # about 0.1 s


def test_a_resample_of_one_class_only_has_no_value() -> None:
    labels = np.array([0, 1, 1])
    rows = check_predictions(labels, np.array([0.2, 0.4, 0.9]), 0.5)
    values = resampled([measure("accuracy", rows), measure("roc_auc", rows)], labels, resamples=500, seed=0)
    missing = np.isnan(values)
    assert 0.2 < missing[0].mean() < 0.5  # (1/3)**3 + (2/3)**3 = 1/3
    assert (missing[0] == missing[1]).all()
    assert interval(values[1]) == (1.0, 1.0)


def test_rows_too_few_for_any_interval_are_refused() -> None:
    with pytest.raises(InputError, match="no resample has rows of both classes"):
        interval(np.full(5, np.nan))


def test_no_resamples_are_refused() -> None:
    with pytest.raises(ValueError, match="0 resamples found; at least 1 expected"):
        compute_metrics([0, 1], [0.1, 0.9], 0.5, resamples=0)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([1, 1, 1], "3 rows found, all labelled 1"),
        ([0, 0], "2 rows found, all labelled 0"),
        ([], "0 rows found"),
    ],
)
def test_rows_of_one_class_are_refused_not_scored(labels: list[int], message: str) -> None:
    for score in (
        lambda: compute_metrics(labels, [0.5] * len(labels), 0.5),
        lambda: best_threshold(labels, [0.5] * len(labels)),
    ):
        with pytest.raises(InputError, match=message):
            score()


@pytest.mark.parametrize(
    ("labels", "probabilities", "threshold", "message"),
    [
        ([0, 1], [0.5], 0.5, r"shape \(2,\), probabilities of shape \(1,\)"),
        ([[0, 1]], [[0.5, 0.5]], 0.5, r"shape \(1, 2\)"),
        ([0, 1], [0.5, float("nan")], 0.5, "1 probabilities such as nan"),
        ([0, 1], [0.5, 1.5], 0.5, "1 probabilities such as 1.5"),
        ([0, 1], [-0.1, 1.0], 0.5, "1 probabilities such as -0.1"),
        ([0, 2], [0.5, 0.5], 0.5, "1 label such as 2 found"),
        ([0, float("nan")], [0.5, 0.5], 0.5, "1 label such as nan found"),
        ([0, 1], [0.5, 0.5], float("nan"), "threshold nan"),
        ([0, 1], [0.5, 0.5], 1.1, "threshold 1.1"),
    ],
)
def test_what_cannot_be_scored_is_named(labels: list, probabilities: list, threshold: float, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        compute_metrics(labels, probabilities, threshold)


def test_metrics_survive_json_and_cannot_be_changed() -> None:
    metrics = compute_metrics(*scored(), 0.5)
    assert Metrics.model_validate_json(metrics.model_dump_json()) == metrics
    assert hash(metrics) == hash(metrics.model_copy())
    with pytest.raises(ValueError, match="frozen"):
        metrics.mcc = 1.0


def test_flat_names_every_number_after_its_prefix() -> None:
    metrics = compute_metrics(*scored(), 0.5)
    flat = metrics.flat("test")
    assert flat["test_mcc"] == metrics.mcc
    assert (flat["test_mcc_low"], flat["test_mcc_high"]) == metrics.mcc_interval
    assert flat["test_rows"] == 400
    assert set(flat) >= {f"test_{name}" for name in METRICS}
    assert len(flat) == 1 + len(METRICS) + 6
    json.dumps(flat)
    assert set(metrics.flat("val")) == {name.replace("test_", "val_") for name in flat}


def test_an_unknown_metric_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ConfigError, match=r"'f2' is not known; there are: accuracy, .*ece"):
        require_metric("f2")
    with pytest.raises(ConfigError, match="'rows' is not known"):
        compute_metrics([0, 1], [0.1, 0.9], 0.5, resamples=9).value("rows")


def brute_force_threshold(labels: np.ndarray, probabilities: np.ndarray) -> float:
    edges = sorted({0.0, *probabilities, 1.0})
    cuts = [(low + high) / 2 for low, high in pairwise(edges)]
    if probabilities.min() == 0:
        cuts.append(0.0)  # recommends everything, 0 itself too
    scores = [sk.matthews_corrcoef(labels, probabilities >= cut) for cut in cuts]
    best = [cut for cut, score in zip(cuts, scores, strict=True) if score >= max(scores) - 1e-12]
    return min(best, key=lambda cut: (round(abs(cut - 0.5), 12), cut))


@settings(max_examples=100, deadline=None)
@given(rows=tied_rows())
def test_the_best_threshold_is_that_of_trying_every_cut(rows: tuple) -> None:
    labels, probabilities, _ = rows
    assert abs(best_threshold(labels, probabilities) - 0.5) == pytest.approx(
        abs(brute_force_threshold(labels, probabilities) - 0.5)
    )
    found = sk.matthews_corrcoef(labels, probabilities >= best_threshold(labels, probabilities))
    tried = sk.matthews_corrcoef(labels, probabilities >= brute_force_threshold(labels, probabilities))
    assert found == pytest.approx(tried)


def test_the_best_threshold_lies_halfway_between_neighbours() -> None:
    assert best_threshold([0, 0, 1, 1], [0.1, 0.2, 0.6, 0.9]) == pytest.approx(0.4)


def test_of_equally_good_thresholds_the_nearest_to_a_half_wins() -> None:
    labels, probabilities = [0, 1, 0, 1], [0.1, 0.3, 0.6, 0.9]  # cuts 0.2 and 0.75 are as good
    assert sk.matthews_corrcoef(labels, [0, 1, 1, 1]) == pytest.approx(sk.matthews_corrcoef(labels, [0, 0, 0, 1]))
    assert best_threshold(labels, probabilities) == pytest.approx(0.75)
    assert best_threshold(labels, [0.1, 0.5, 0.9, 0.95]) == pytest.approx(0.3)


def test_a_model_that_is_always_wrong_is_best_ignored() -> None:
    labels, probabilities = np.array([1, 1, 0, 0]), np.array([0.1, 0.2, 0.8, 0.9])
    threshold = best_threshold(labels, probabilities)
    assert len(set(probabilities >= threshold)) == 1


def test_neighbouring_floats_are_parted_too() -> None:
    low = 0.7
    high = np.nextafter(low, 1)
    threshold = best_threshold([0, 0, 1, 1], [low, low, high, high])
    assert low < threshold <= high


def test_certain_probabilities_are_parted_in_the_middle() -> None:
    assert best_threshold([0, 1, 1], [0.0, 1.0, 1.0]) == 0.5


def test_models_with_the_same_predictions_do_not_differ() -> None:
    labels, probabilities = scored()
    for name in METRICS:
        assert paired_bootstrap(labels, probabilities, 0.5, probabilities, 0.5, name, resamples=50) == (
            0,
            0,
            0,
            0,
        )


def test_a_permutation_that_changes_no_metric_is_no_gain() -> None:
    labels = np.array([0, 1] * 50)
    probabilities = np.tile([0.1, 0.7, 0.3, 0.9], 25)
    other = np.tile([0.3, 0.9, 0.1, 0.7], 25)
    assert paired_bootstrap(labels, probabilities, 0.5, other, 0.5, "brier").difference == 0.0


def test_a_better_model_is_better_in_every_metric_and_its_twin_is_worse() -> None:
    labels, good = scored(600, skill=2.0)
    bad = np.full(600, 0.3) + 0.4 * np.random.default_rng(1).random(600)
    for name in METRICS:
        better = paired_bootstrap(labels, good, 0.5, bad, 0.5, name, resamples=300)
        worse = paired_bootstrap(labels, bad, 0.5, good, 0.5, name, resamples=300)
        assert better.difference > 0 and better.low > 0 and better.probability_better == 1.0, name
        assert worse.difference == -better.difference and worse.probability_better == 0.0
        assert (worse.low, worse.high) == pytest.approx((-better.high, -better.low))


@pytest.mark.parametrize("name", METRICS)
def test_the_difference_is_that_of_the_metrics_and_positive_where_the_first_is_better(name: str) -> None:
    labels, first = scored(seed=0)
    second = np.clip(first + np.random.default_rng(2).normal(size=len(first)) * 0.2, 0, 1)
    difference = paired_bootstrap(labels, first, 0.5, second, 0.6, name, resamples=9).difference
    plain = by_sklearn(name, labels, first, 0.5) - by_sklearn(name, labels, second, 0.6)
    assert difference == pytest.approx(-plain if name in LOWER_IS_BETTER else plain, abs=1e-12)


def test_pairing_makes_the_interval_of_a_small_steady_gain_narrow() -> None:
    labels, probabilities = scored(1000)
    verdicts = (probabilities >= 0.5).astype(float)
    better = verdicts.copy()
    better[np.flatnonzero(verdicts != labels)[:30]] = labels[np.flatnonzero(verdicts != labels)[:30]]
    gain = paired_bootstrap(labels, better, 0.5, verdicts, 0.5, "accuracy")
    alone = compute_metrics(labels, verdicts, 0.5).accuracy_interval
    assert gain.difference == pytest.approx(0.03)
    assert gain.high - gain.low < (alone.high - alone.low) * 0.6  # unpaired, it would be 1.4
    assert gain.probability_better == 1.0


def test_an_unknown_metric_cannot_be_compared() -> None:
    with pytest.raises(ConfigError, match="'f2' is not known"):
        paired_bootstrap([0, 1], [0.1, 0.9], 0.5, [0.1, 0.9], 0.5, "f2")


def test_models_of_different_rows_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="shape"):
        paired_bootstrap([0, 1, 1], [0.1, 0.9, 0.8], 0.5, [0.1, 0.9], 0.5, "mcc")


def test_the_fingerprint_is_that_of_the_same_rows_alone() -> None:
    base = fingerprint([4, 9], [0, 1], ["bad", "good"])
    assert base == fingerprint(np.array([4, 9]), np.array([0.0, 1.0]), ["bad", "good"])
    others = [
        fingerprint([4, 8], [0, 1], ["bad", "good"]),
        fingerprint([4, 9], [1, 1], ["bad", "good"]),
        fingerprint([9, 4], [1, 0], ["good", "bad"]),
        fingerprint([4, 9], [0, 1], ["badg", "ood"]),
        fingerprint(["4", "9"], [0, 1], ["bad", "good"]),
        fingerprint([4, 9], [0, 1]),
        fingerprint([4], [0], ["bad"]),
    ]
    assert len({base, *others}) == 8
    assert len(base) == 64


def test_a_text_cannot_pose_as_another_row() -> None:
    assert fingerprint([1, 2], [0, 0], ["a", "b"]) != fingerprint([1], [0], ['a"]\n[2, 0, "b'])
    assert fingerprint([1], [0], ["\ud83d lone surrogate"]) != fingerprint([1], [0], ["? lone surrogate"])


def test_columns_of_different_lengths_have_no_fingerprint() -> None:
    with pytest.raises(ValueError, match="argument 2 is shorter"):
        fingerprint([1, 2], [0], ["a", "b"])


@pytest.mark.real_data
def test_a_constant_answer_scores_on_the_articles_test_rows_what_the_article_must_beat(real_csv) -> None:
    with real_csv.open(encoding="utf-8", newline="") as file:
        labels = [int(row["Recommended IND"]) for row in csv.DictReader(file) if row["Review Text"]]
    _, test = train_test_split(np.array(labels), test_size=0.2, random_state=0)
    metrics = compute_metrics(test, np.ones(len(test)), 0.5)
    assert metrics.rows == 4529
    assert metrics.accuracy == pytest.approx(0.8064, abs=5e-5)
    assert metrics.mcc == 0.0
