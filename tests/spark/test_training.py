"""Training on real Spark workers: the models of one machine, from the same rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import accuracy_score, matthews_corrcoef, roc_auc_score

from sentiment.errors import ConfigError, InputError, SparkError
from sentiment.models.files import load_model, save_model
from sentiment.reviews.reading import examples
from sentiment.reviews.schema import ARTICLE
from sentiment.spark import blocks
from sentiment.spark.rows import Side
from sentiment.spark.session import Cluster
from sentiment.spark.training import require_trainable, survey_on_spark, train_on_spark, whole_metrics
from tests.spark.conftest import python_that
from tests.spark.test_scoring import OTHER_VERSION
from tests.trained import SAMPLE, candidate

HERE = Cluster(master="local[2]")


@pytest.fixture(scope="module")
def rows():
    return survey_on_spark(
        SAMPLE, HERE, read_as=ARTICLE, encoding="utf-8", validation_share=0.1, seed=0, rows_a_part=500
    )


@pytest.fixture(scope="module")
def on_one_machine(rows):
    _, frames = rows

    def fit(family, **params):
        train, validation = (examples(frames[side]) for side in (Side.TRAINING, Side.VALIDATION))
        return candidate(family, **params).fit(train, validation, 0).model

    return fit


def test_counts_of_words_are_the_model_of_one_machine_bit_for_bit(rows, on_one_machine, tmp_path):
    surveyed, frames = rows
    trained = train_on_spark(candidate("bag_of_words", max_features=150), surveyed, HERE)
    model, expected = trained.fitted.model, on_one_machine("bag_of_words", max_features=150)
    assert model.vectorizer.vocabulary_ == expected.vectorizer.vocabulary_
    for name in ("feature_count_", "class_count_", "feature_log_prob_", "class_log_prior_"):
        assert np.array_equal(getattr(model.classifier, name), getattr(expected.classifier, name)), name
    save_model(model, tmp_path)
    test = examples(frames[Side.TEST])
    loaded = load_model(tmp_path).predict_proba(test.documents)
    assert np.array_equal(loaded, expected.predict_proba(test.documents))
    verdicts = loaded >= model.threshold
    assert trained.metrics == {
        "test_all_rows": len(test.labels),
        "test_all_accuracy": pytest.approx(accuracy_score(test.labels, verdicts)),
        "test_all_mcc": pytest.approx(matthews_corrcoef(test.labels, verdicts)),
        "test_all_roc_auc": pytest.approx(roc_auc_score(test.labels, loaded), abs=1e-3),
    }


@pytest.mark.parametrize(
    ("family", "params"),
    [
        pytest.param("tfidf_bayes", {}, marks=pytest.mark.slow),
        pytest.param("tfidf_linear", {"c": 1.0}, marks=pytest.mark.slow),
        pytest.param("linear_blend", {}, marks=pytest.mark.slow),
    ],
)
def test_sums_of_fractions_are_the_model_of_one_machine_but_for_rounding(rows, on_one_machine, family, params):
    surveyed, frames = rows
    model = train_on_spark(candidate(family, **params), surveyed, HERE).fitted.model
    expected = on_one_machine(family, **params)
    assert model.vectorizer.vocabulary_ == expected.vectorizer.vocabulary_
    np.testing.assert_allclose(model.vectorizer.idf_, expected.vectorizer.idf_, rtol=1e-12)
    test = examples(frames[Side.TEST])
    probabilities, theirs = (one.predict_proba(test.documents) for one in (model, expected))
    if family == "tfidf_bayes":
        np.testing.assert_allclose(probabilities, theirs, atol=1e-9)
    auc = roc_auc_score(test.labels, probabilities)
    # Of a few hundred rows, one pair more in order is worth as much as a thousandth; on the real rows it is 0.0002.
    assert auc == pytest.approx(roc_auc_score(test.labels, theirs), abs=0.005)


@pytest.mark.slow
def test_a_worker_killed_in_the_middle_changes_nothing(
    rows, on_one_machine, two_workers, kill_an_executor, monkeypatch
):
    surveyed, _ = rows
    killed = []
    honest = blocks.Blocks.each

    def kill_first(self, work):
        if not killed:
            kill_an_executor()
            killed.append(True)
        return honest(self, work)

    monkeypatch.setattr(blocks.Blocks, "each", kill_first)
    model = train_on_spark(candidate("complement_bayes"), surveyed, two_workers).fitted.model
    expected = on_one_machine("complement_bayes")
    assert killed
    assert model.vectorizer.vocabulary_ == expected.vectorizer.vocabulary_
    # How far the weights are stretched is the calibration's business, and that has other rows here.
    weights, theirs = (one.classifier.coef_ / np.linalg.norm(one.classifier.coef_) for one in (model, expected))
    np.testing.assert_allclose(weights, theirs, atol=1e-6)


@pytest.mark.slow
def test_workers_whose_libraries_are_others_are_refused_before_anything_is_read(tmp_path):
    python = python_that(tmp_path, "has an old one", OTHER_VERSION)
    old = Cluster(master="local[1]", conf={"spark.pyspark.python": python})
    how = {"read_as": ARTICLE, "encoding": "utf-8", "validation_share": 0.1, "seed": 0}
    with pytest.raises(SparkError, match=r"has scikit-learn 1\.2\.0, and .* is here"):
        survey_on_spark(SAMPLE, old, **how)


@pytest.mark.slow
def test_a_vocabulary_of_nothing_is_told(rows):
    surveyed, _ = rows
    with pytest.raises(InputError, match="no run of words occurs in 100000 of"):
        train_on_spark(candidate("tfidf_linear", min_df=100_000), surveyed, HERE)


@pytest.mark.slow
def test_a_file_that_is_gone_by_then_is_told(rows, tmp_path):
    surveyed, _ = rows
    file = surveyed.given.files[0].model_copy(update={"path": tmp_path / "gone.csv"})
    moved = surveyed.model_copy(update={"given": surveyed.given.model_copy(update={"files": (file,)})})
    with pytest.raises(SparkError, match=r"gone\.csv"):
        train_on_spark(candidate("bag_of_words"), moved, HERE)


@pytest.mark.parametrize(
    ("family", "params", "told"),
    [
        ("embedding_average", {}, "is not trained by Spark; those that are: bag_of_words, complement_bayes"),
        ("linear_svm", {}, "is not trained by Spark"),
        ("linear_blend", {"linear_svm": {"c": 1.0}}, "the weights of LinearSvm"),
    ],
)
def test_what_is_no_sum_over_rows_is_refused_with_what_is(family, params, told):
    with pytest.raises(ConfigError, match=told):
        require_trainable(candidate(family, **params))


def test_metrics_of_counts_are_those_of_the_rows():
    chance = np.random.default_rng(0)
    rows = pd.DataFrame({"label": chance.integers(0, 2, 500), "place": chance.integers(0, 40, 500)})
    rows["verdict"] = (rows["place"] >= 22).astype(int)
    counts = np.zeros((2, 2, 40), dtype=np.int64)
    np.add.at(counts, (rows["label"], rows["verdict"], rows["place"]), 1)
    found = whole_metrics(counts)
    assert found["test_all_accuracy"] == pytest.approx(accuracy_score(rows["label"], rows["verdict"]))
    assert found["test_all_mcc"] == pytest.approx(matthews_corrcoef(rows["label"], rows["verdict"]))
    assert found["test_all_roc_auc"] == pytest.approx(roc_auc_score(rows["label"], rows["place"]))
