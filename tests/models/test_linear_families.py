"""What the families promise that weigh TF-IDF in ways of their own."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError
from scipy.sparse import csr_matrix
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression

from sentiment.models import families
from sentiment.models.calibrated_linear import fit_calibration
from sentiment.models.explain import explainer, telling_words
from sentiment.models.families import _linear, linear_blend
from sentiment.models.families._linear import Rows, Weights
from sentiment.models.families._logistic import logistic_weights
from sentiment.models.families.nb_linear import log_count_ratio
from sentiment.models.linear_pair import tfidf_of_runs
from sentiment.reviews.reading import documents, examples
from sentiment.text import get_recipe
from tests.trained import candidate

WORDS = ("complement_bayes", "linear_blend", "linear_svm", "nb_linear")


@pytest.fixture(scope="module")
def rows(split):
    train = examples(split.train)
    return Rows(csr_matrix(np.eye(len(train.labels))), train.labels, train.ratings)


def test_a_soft_label_lies_between_the_label_and_the_mean_of_its_rating(rows):
    targets = rows.targets(0.25)
    for stars in (1, 2, 3, 4, 5):
        same = rows.ratings == stars
        assert targets[same] == pytest.approx(0.75 * rows.labels[same] + 0.25 * rows.labels[same].mean())


def test_without_ratings_or_where_one_is_missing_the_label_is_learned(rows):
    assert np.array_equal(rows._replace(ratings=None).targets(0.5), rows.labels)
    some = np.where(np.arange(len(rows.labels)) % 2, rows.ratings, np.nan)
    assert np.array_equal(rows._replace(ratings=some).targets(0.5)[::2], rows.labels[::2])
    assert not np.array_equal(rows._replace(ratings=some).targets(0.5)[1::2], rows.labels[1::2])


@pytest.mark.parametrize("family", ["char_linear", "linear_blend", "nb_linear"])
def test_ratings_change_what_is_learned_and_are_not_needed(fit, fitted, split, family):
    train, texts = examples(split.train), documents(split.test)
    without = candidate(family).fit(train._replace(ratings=None), train, 0).model.predict_proba(texts)
    assert not np.array_equal(without, fitted[family].model.predict_proba(texts))
    share = {"nb_linear": {"soft_labels": 0}} if family == "linear_blend" else {"soft_labels": 0}
    assert np.array_equal(without, fit(family, **share).model.predict_proba(texts))


def test_only_candidates_that_read_ratings_say_so():
    assert candidate("nb_linear").reads_ratings
    assert candidate("linear_blend").reads_ratings
    assert not candidate("linear_blend", nb_linear={"soft_labels": 0}).reads_ratings
    assert not candidate("linear_svm").reads_ratings


def test_the_logistic_weights_of_labels_are_scikit_learns(split):
    chance = np.random.default_rng(0)
    features, labels = csr_matrix(chance.normal(size=(300, 5))), chance.integers(0, 2, 300)
    found = logistic_weights(features, labels.astype(float), c=2.0)
    expected = LogisticRegression(C=2.0, tol=1e-9).fit(features, labels)
    assert found.coef == pytest.approx(expected.coef_[0], abs=2e-3)
    assert found.intercept == pytest.approx(expected.intercept_[0], abs=2e-3)


def test_a_scaled_feature_is_penalised_as_if_it_were_larger():
    chance = np.random.default_rng(0)
    features, targets, scale = chance.normal(size=(300, 3)), chance.random(300), np.array([1.0, 4.0, 0.5])
    scaled = logistic_weights(csr_matrix(features * scale), targets, c=0.01)
    assert logistic_weights(csr_matrix(features), targets, 0.01, scale).coef == pytest.approx(scaled.coef * scale)


def test_the_ratio_is_of_documents_of_either_class_that_have_a_word():
    features = csr_matrix([[2.0, 0, 1], [5.0, 0, 0], [0, 3.0, 1]])
    ratio = log_count_ratio(features, np.array([1.0, 1.0, 0.0]), alpha=1.0)
    assert ratio == pytest.approx(np.log(np.array([3, 1, 2]) / 6) - np.log(np.array([1, 2, 2]) / 5))


def test_calibration_makes_lopsided_scores_honest_and_keeps_their_order():
    chance = np.random.default_rng(0)
    honest = chance.normal(1, 3, 20_000)
    labels = (chance.random(20_000) < 1 / (1 + np.exp(-honest))).astype(int)
    lopsided = np.where(honest > 0, honest * 0.5, honest * 2)
    calibration = fit_calibration(lopsided, labels)
    assert np.abs(calibration.log_odds(lopsided) - honest).mean() < 0.4
    assert (np.diff(calibration.log_odds(np.linspace(-20, 20, 500))) > 0).all()


def test_calibration_never_turns_ranks_round():
    chance = np.random.default_rng(0)
    scores = chance.normal(size=2000)
    labels = (np.abs(scores) > 1).astype(int)  # high on both sides: the better slope below 0 would be negative
    calibrated = fit_calibration(scores, labels).log_odds(np.linspace(-5, 5, 100))
    assert (np.diff(calibrated) >= -1e-12).all()


def test_the_slopes_of_a_calibration_meet_at_the_share_that_recommends():
    chance = np.random.default_rng(0)
    honest = chance.normal(2, 2, (100_000, 1))
    labels = (chance.random(100_000) < expit(honest[:, 0])).astype(int)
    vectorizer = tfidf_of_runs(get_recipe("ending"), 1, 1)
    classifier = _linear.blended(vectorizer, [Weights(np.ones(1), 0.0)], honest, labels).model.classifier
    assert labels.mean() == pytest.approx(0.78, abs=0.01)
    meeting = -classifier.intercept / classifier.coef[0, 0]
    assert expit(meeting) == pytest.approx(labels.mean(), abs=0.01)


@pytest.mark.parametrize("family", WORDS)
def test_its_words_are_explained_and_the_strongest_are_kind_or_unkind(fitted, family):
    model = fitted[family].model
    words = telling_words(model, top=40)
    assert any("love" in word for word, _ in words.recommending)
    texts = ["It is lovely, but it fell apart and I returned it."]
    (moved,) = explainer(model)(texts, 200)
    features = model.vectorizer.transform(texts)
    score = features @ model.classifier.coef_[0]
    assert sum(weight for _, weight in moved) == pytest.approx(score[0])


@pytest.mark.parametrize("family", WORDS)
def test_a_verdict_is_its_probability_against_the_threshold(fitted, split, family):
    model, texts = fitted[family].model, documents(split.test)
    verdicts = model.classifier.predict(model.vectorizer.transform(texts))
    assert 0 < verdicts.mean() < 1
    assert np.array_equal(verdicts, model.predict_proba(texts) >= model.threshold)


def test_a_blend_is_a_weighted_sum_of_its_members(fit, fitted, split):
    texts = documents(split.test)

    def score(model):
        return (model.vectorizer.transform(texts) @ model.classifier.coef_.T)[:, 0]

    blend = fitted["linear_blend"].model
    members = [candidate(name).model_copy(update={"recipe": "ending"}) for name in ("nb_linear", "complement_bayes")]
    train = examples(split.train)
    scores = np.column_stack([score(member.fit(train, train, 0).model) for member in members] + [np.ones(len(texts))])
    shares, *_ = np.linalg.lstsq(scores, score(blend), rcond=None)
    assert scores @ shares == pytest.approx(score(blend), abs=1e-6)
    assert shares[:2].min() >= 0


def test_a_member_that_counts_against_itself_counts_nothing():
    chance = np.random.default_rng(0)
    good = chance.normal(size=3000)
    labels = (chance.random(3000) < 1 / (1 + np.exp(-3 * good))).astype(int)
    noise = good + chance.normal(size=3000)  # has nothing of its own but noise
    shares, _ = _linear._stack(np.column_stack([good, noise, -noise]), labels)
    assert shares[0] > 0
    assert min(shares) == 0


def test_a_blend_of_one_is_refused():
    with pytest.raises(ValidationError, match="1 members found; a blend of at least 2 expected"):
        linear_blend.Params(complement_bayes=None)


def test_with_very_many_rows_some_are_held_out_for_the_calibration(fit, fitted, monkeypatch, split):
    texts = documents(split.test)
    usual = fitted["linear_blend"].model.predict_proba(texts)
    monkeypatch.setattr(_linear, "MOST_FOLDED", 1000)
    monkeypatch.setattr(_linear, "HELD_OUT", 500)
    large = fit("linear_blend").model.predict_proba(texts)
    assert not np.array_equal(large, usual)
    assert np.corrcoef(logit(large.clip(1e-9, 1 - 1e-9)), logit(usual.clip(1e-9, 1 - 1e-9)))[0, 1] > 0.97


def test_characters_recognise_a_misspelt_word(fitted):
    kind, unkind = fitted["char_linear"].model.predict_proba(["so flatterring and lovly", "returnd it, cheep and ichy"])
    assert kind > unkind


def test_the_longest_run_of_characters_is_no_shorter_than_the_shortest():
    with pytest.raises(ValueError, match="longest is 2; at least shortest, 3, expected"):
        candidate("char_linear", shortest=3, longest=2)


@pytest.mark.parametrize("family", WORDS)
def test_a_row_that_does_not_count_is_not_learned_from(fitted, split, family):
    model, train = fitted[family].model, examples(split.train)
    features = model.vectorizer.transform(train.documents)
    kept = np.arange(len(train.labels)) % 3 > 0
    rows = Rows(features, train.labels, train.ratings)
    params = candidate(family).params
    weighting = linear_blend.NbLinear() if family == "linear_blend" else families.get(family).Params(**params)
    without = weighting(rows.take(np.flatnonzero(kept)), 0)
    masked = weighting(rows._replace(counts=kept.astype(float)), 0)
    assert np.corrcoef(masked.coef, without.coef)[0, 1] > 0.9999
    assert masked.coef == pytest.approx(without.coef, abs=0.05)
