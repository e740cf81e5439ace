"""What every family promises, and what each promises alone."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from itertools import chain

import numpy as np
import pytest
from scipy.sparse import issparse
from sklearn.base import clone
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from sentiment.metrics.summary import compute_metrics
from sentiment.metrics.threshold import best_threshold
from sentiment.models import families, ngrams
from sentiment.models.families import embedding_average, tfidf_linear
from sentiment.models.families._sequences import SequenceVectorizer
from sentiment.models.families.base import Examples
from sentiment.models.text_model import TextModel
from sentiment.reviews.reading import documents, examples
from sentiment.text import TITLE_END, get_recipe
from tests.conftest import ROOT
from tests.trained import RECIPES, candidate

SPARSE = [name for name in families.names() if name != "embedding_average"]


@pytest.fixture
def model(fitted, family):
    return fitted[family].model


def test_probabilities_are_probabilities_and_better_than_chance(model, split):
    test = examples(split.test)
    probabilities = model.predict_proba(test.documents)
    assert probabilities.shape == (len(test.documents),)
    assert probabilities.dtype == np.float64
    assert ((probabilities >= 0) & (probabilities <= 1)).all()
    assert roc_auc_score(test.labels, probabilities) > 0.65


def test_the_same_seed_gives_the_same_model(fit, fitted, family, split):
    texts = documents(split.test)
    again = fit(family).model
    assert np.array_equal(again.predict_proba(texts), fitted[family].model.predict_proba(texts))
    assert again.threshold == fitted[family].model.threshold


def test_a_prediction_does_not_depend_on_what_is_predicted_with_it(model, split):
    texts = [*documents(split.test)[:20], "soft", "a much longer review " * 30]
    together = model.predict_proba(texts)
    alone = np.array([model.predict_proba([text])[0] for text in texts])
    assert alone == pytest.approx(together, abs=1e-6)


@pytest.mark.parametrize("text", ["", " ", "😍", "zzzzz qqqqq", "x" * 10_000])
def test_texts_without_a_known_word_have_a_probability(model, text):
    assert 0 <= model.predict_proba([text])[0] <= 1


def test_no_document_gives_no_probability(model):
    assert model.predict_proba([]).shape == (0,)


def test_words_of_other_rows_are_not_learned(family, split):
    train, validation = examples(split.train), examples(split.validation)
    marked = Examples([f"{text} zebrafish" for text in validation.documents], validation.labels)
    model = candidate(family).fit(train, marked, 0).model
    vectorizer = model.vectorizer
    words = vectorizer.words if hasattr(vectorizer, "words") else vectorizer.get_feature_names_out()
    assert not any("zebrafish" in word for word in words)


@pytest.mark.parametrize("family", SPARSE)
def test_features_of_a_corpus_are_sparse(fitted, family, split):
    assert issparse(fitted[family].model.vectorizer.transform(documents(split.test)))


@pytest.fixture(scope="module")
def frameworks():
    """The frameworks that fitting and asking each sparse family imports, in one process for all of them."""
    recipes = {family: RECIPES.get(family, "article") for family in SPARSE}
    code = f"""
import json, sys
from pathlib import Path
from sentiment.training.candidates import Candidate
from sentiment.reviews.reading import examples, read_reviews, with_text
from sentiment.reviews.splits import split_reviews
split = split_reviews(with_text(read_reviews(Path("data/sample_reviews.csv"))), validation_share=0.1, seed=0)
imported, before = {{}}, set()
for family, recipe in {recipes}.items():
    candidate = Candidate(name="sparse", family=family, recipe=recipe)
    candidate.fit(examples(split.train), examples(split.validation), 0).model.predict_proba(["nice"])
    imported[family] = sorted({{"tensorflow", "keras", "mlflow", "zenml"}} & set(sys.modules) - before)
    before |= set(sys.modules)
print(json.dumps(imported))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("family", SPARSE)
def test_a_sparse_family_is_fitted_and_asked_without_tensorflow(frameworks, family):
    assert frameworks[family] == []


def test_the_linear_models_threshold_comes_from_training_rows_alone(fit, fitted, split):
    train, validation = examples(split.train), examples(split.validation)
    flipped = Examples(validation.documents, 1 - validation.labels)
    other = candidate("tfidf_linear").fit(train, flipped, 0).model
    assert other.threshold == fitted["tfidf_linear"].model.threshold


def test_the_linear_model_is_platt_scaled_and_cut_on_cross_validated_predictions(fitted, split):
    model, train, test = fitted["tfidf_linear"].model, examples(split.train), examples(split.test)
    features = model.vectorizer.transform(train.documents)
    regression = LogisticRegression(C=8, solver="liblinear", dual=True, tol=0.01, random_state=0)
    folds = StratifiedKFold(3, shuffle=True, random_state=0)
    held_out = cross_val_predict(regression, features, train.labels, cv=folds, method="decision_function")
    platt = LogisticRegression(C=1e10).fit(held_out[:, None], train.labels)
    log_odds = regression.fit(features, train.labels).decision_function(model.vectorizer.transform(test.documents))
    assert model.predict_proba(test.documents) == pytest.approx(platt.predict_proba(log_odds[:, None])[:, 1], abs=1e-6)
    cross_validated = platt.predict_proba(held_out[:, None])[:, 1]
    assert model.threshold == pytest.approx(best_threshold(train.labels, cross_validated), abs=1e-6)
    optimum = clone(regression).set_params(dual=False, tol=1e-8, max_iter=1000).fit(features, train.labels)
    exact = platt.predict_proba(optimum.decision_function(model.vectorizer.transform(test.documents))[:, None])[:, 1]
    assert model.predict_proba(test.documents) == pytest.approx(exact, abs=5e-4)
    seen = model.predict_proba(train.documents)
    assert model.threshold != pytest.approx(best_threshold(train.labels, seen), abs=1e-3)


@pytest.mark.parametrize(("longest", "min_df"), [(1, 1), (2, 2), (4, 3)])
def test_a_lean_pass_learns_what_scikit_learns_own_does(split, monkeypatch, longest, min_df):
    monkeypatch.setattr(ngrams, "_ROWS_A_BLOCK", 100)
    texts = ["", "zebra", *documents(split.train)[:730], ""]

    def vectorizer():
        return TfidfVectorizer(
            tokenizer=get_recipe("negation"),
            token_pattern=None,
            lowercase=False,
            ngram_range=(1, longest),
            min_df=min_df,
            sublinear_tf=True,
        )

    lean, own = vectorizer(), vectorizer()
    difference = ngrams.learn_tfidf(lean, texts) - own.fit_transform(texts)
    assert abs(difference).max() < 1e-12
    assert lean.vocabulary_ == own.vocabulary_
    assert abs(lean.transform(texts[:20]) - own.transform(texts[:20])).max() < 1e-12
    assert ngrams.learn_tfidf(vectorizer(), texts, np.float32).dtype == np.float32
    unseen = ["", "zebra", *documents(split.test)[:300], "never met", ""]
    assert ngrams.reads(own)
    assert abs(ngrams.transform(own, unseen) - own.transform(unseen)).max() < 1e-12


@pytest.mark.parametrize(
    "other",
    [
        {"tokenizer": None, "token_pattern": r"\w+"},
        {"ngram_range": (2, 2)},
        {"lowercase": True},
        {"sublinear_tf": False},
        {"norm": "l1"},
        {"stop_words": ["the"]},
        {"use_idf": False},
    ],
    ids=lambda other: next(iter(other)),
)
def test_what_counts_in_another_way_is_left_to_scikit_learn(other, split):
    texts, labels = documents(split.train)[:300], examples(split.train).labels[:300]
    usual = {"tokenizer": str.split, "token_pattern": None, "lowercase": False, "sublinear_tf": True}
    vectorizer = TfidfVectorizer(**{**usual, **other})
    classifier = LogisticRegression().fit(vectorizer.fit_transform(texts), labels)
    assert ngrams.reads(TfidfVectorizer(**usual))
    assert not ngrams.reads(vectorizer)
    expected = classifier.predict_proba(vectorizer.transform(texts))[:, 1]
    assert np.array_equal(TextModel(vectorizer, classifier).predict_proba(texts), expected)


def test_a_corpus_of_rare_words_only_has_nothing_to_learn():
    vectorizer = TfidfVectorizer(tokenizer=get_recipe("negation"), token_pattern=None, lowercase=False, min_df=2)
    with pytest.raises(ValueError, match="no run of words occurs in 2 of 2 documents"):
        ngrams.learn_tfidf(vectorizer, ["soft", "warm"])


def test_of_many_rows_some_are_held_out_and_the_linear_model_is_as_good(fit, fitted, split, monkeypatch):
    monkeypatch.setattr(tfidf_linear, "MOST_FOLDED", 1000)
    monkeypatch.setattr(tfidf_linear, "HELD_OUT", 500)
    test = examples(split.test)
    large, usual = (fit("tfidf_linear").model, fitted["tfidf_linear"].model)
    by_large, by_usual = (model.predict_proba(test.documents) for model in (large, usual))
    assert not np.array_equal(by_large, by_usual)
    assert np.corrcoef(by_large, by_usual)[0, 1] > 0.99
    assert roc_auc_score(test.labels, by_large) == pytest.approx(roc_auc_score(test.labels, by_usual), abs=0.01)
    assert compute_metrics(test.labels, by_large, large.threshold).ece < 0.1
    assert np.array_equal(fit("tfidf_linear").model.predict_proba(test.documents), by_large)


def test_the_linear_models_verdict_is_its_probability_against_its_threshold(fitted, split):
    model, texts = fitted["tfidf_linear"].model, documents(split.test)
    verdicts = model.classifier.predict(model.vectorizer.transform(texts))
    assert 0 < verdicts.mean() < 1
    assert np.array_equal(verdicts, model.predict_proba(texts) >= model.threshold)


def test_a_linear_feature_stands_in_enough_documents_and_is_no_longer_run_than_allowed(fit, split):
    vectorizer = fit("tfidf_linear", min_df=5, ngrams=3).model.vectorizer
    features = vectorizer.transform(documents(split.train))
    assert (features > 0).sum(axis=0).min() == 5
    assert {len(name.split()) for name in vectorizer.get_feature_names_out()} == {1, 2, 3}


def test_the_linear_model_reads_titles_only_when_it_may(fit, fitted):
    kind, unkind = f"Love it{TITLE_END}it fits", f"Disappointed{TITLE_END}it fits"
    reading = fitted["tfidf_linear"].model.predict_proba([kind, unkind])
    assert reading[0] > reading[1]
    blind = fit("tfidf_linear", use_title=False).model.predict_proba([kind, unkind, "it fits"])
    assert blind[0] == blind[1] == blind[2]


def test_the_bag_of_words_sees_whether_a_word_occurs_and_not_how_often(fitted):
    once, thrice = fitted["bag_of_words"].model.predict_proba(["soft return", "soft soft soft return"])
    assert once == thrice


@pytest.mark.parametrize("family", ["bag_of_words", "tfidf_bayes"])
def test_the_bayes_models_keep_the_commonest_words(fit, family, split):
    kept = fit(family, max_features=20).model.vectorizer.get_feature_names_out()
    counts = Counter(chain.from_iterable(map(get_recipe("article"), documents(split.train))))
    assert len(kept) == 20
    assert min(counts[word] for word in kept) >= max(counts[word] for word in counts if word not in kept)


@pytest.mark.parametrize("family", ["bag_of_words", "tfidf_bayes"])
def test_more_smoothing_makes_the_bayes_models_less_sure(fit, family, split):
    texts = documents(split.test)

    def sureness(alpha):
        probabilities = fit(family, alpha=alpha).model.predict_proba(texts)
        return np.abs(probabilities - split.train["recommended"].mean()).mean()

    assert sureness(0.01) > sureness(1.0) > sureness(1000.0)


def test_the_networks_vocabulary_is_the_commonest_words_then_by_alphabet():
    texts = ["soft zip soft", "zip fit", "fit soft rare", "bad"]
    vectorizer = SequenceVectorizer(get_recipe("article"), vocabulary_size=6, max_length=4)
    learned = vectorizer.fit_transform(texts)
    assert vectorizer.words == ("soft", "fit", "zip", "bad")  # and not "rare": padding and unknown take two places
    assert vectorizer.transform(["bad rare soft", "fit"]).tolist() == [[5, 1, 2], [3, 0, 0]]
    assert learned.tolist() == vectorizer.transform(texts).tolist() == [[2, 4, 2], [4, 3, 0], [3, 2, 1], [5, 0, 0]]


def test_the_network_reads_no_further_than_its_longest_document():
    vectorizer = SequenceVectorizer(get_recipe("article"), vocabulary_size=9, max_length=3)
    assert vectorizer.fit_transform(["soft zip fit bad", "", "fit"]).tolist() == [[4, 5, 2], [1, 0, 0], [2, 0, 0]]
    assert vectorizer.transform(["soft zip fit bad"]).tolist() == [[4, 5, 2]]
    assert vectorizer.transform([]).shape == (0, 1)


def test_the_network_answers_more_rows_than_one_call_takes(fitted):
    classifier = fitted["embedding_average"].model.classifier
    sequences = (np.arange(5000, dtype=np.int32) % 300 + 1)[:, None]
    answers = classifier.predict_proba(sequences)
    assert answers.shape == (5000, 2)
    assert answers[:, 1] == pytest.approx(np.resize(classifier.predict_proba(sequences[:300])[:, 1], 5000), abs=1e-6)


@pytest.mark.parametrize(("most", "shapes"), [(1024, [(3, 3, 1)]), (2, [(1, 3, 1)] * 3)])
def test_an_epoch_of_the_network_has_each_row_once_in_a_new_order(monkeypatch, most, shapes):
    monkeypatch.setattr(embedding_average, "_MOST_BATCHES_A_CALL", most)
    rows = np.arange(10, dtype=np.int32)
    calls = embedding_average._batches(rows[:, None], rows.astype(np.float32), batch_size=3, seed=0)
    epochs = [list(calls.as_numpy_iterator()) for _ in range(2)]
    assert [sequences.shape for sequences, _ in epochs[0]] == shapes
    orders = [np.concatenate([sequences.ravel() for sequences, _ in epoch]).tolist() for epoch in epochs]
    assert orders[0] != orders[1]
    for epoch, order in zip(epochs, orders, strict=True):
        assert len(set(order)) == len(order) == 9  # the tenth fills no batch
        assert np.concatenate([labels.ravel() for _, labels in epoch]).tolist() == order


def test_the_network_learns_from_fewer_rows_than_a_batch():
    few = Examples(["soft and lovely", "cheap and itchy"] * 5, np.tile([1, 0], 5))
    network = candidate("embedding_average", learning_rate=0.1).fit(few, few, 0).model
    assert network.predict_proba(few.documents).round().tolist() == [1, 0] * 5


def test_another_seed_gives_another_network(fit, split):
    texts = documents(split.test)
    other = fit("embedding_average", seed=1, max_epochs=1).model.predict_proba(texts)
    assert not np.array_equal(other, fit("embedding_average", seed=2, max_epochs=1).model.predict_proba(texts))


def test_the_networks_average_does_not_count_padding(fitted):
    classifier = fitted["embedding_average"].model.classifier
    short = np.array([[5, 6, 7]], dtype=np.int32)
    padded = np.array([[5, 6, 7] + [0] * 60], dtype=np.int32)
    assert classifier.predict_proba(padded) == pytest.approx(classifier.predict_proba(short), abs=1e-6)


def test_the_network_keeps_the_weights_of_its_best_epoch(fit, split):
    fitted = fit("embedding_average", max_epochs=12, learning_rate=0.05, patience=3)
    losses = fitted.history["val_loss"]
    assert len(losses) == np.argmin(losses) + 1 + 3 < 12  # it went on for as many epochs as its patience
    validation = examples(split.validation)
    probability = np.clip(fitted.model.predict_proba(validation.documents), 1e-7, 1 - 1e-7)
    loss = -np.mean(np.log(np.where(validation.labels == 1, probability, 1 - probability)))
    assert loss == pytest.approx(min(losses), abs=1e-4)


def test_only_the_network_learns_in_epochs(fitted):
    assert {name for name, one in fitted.items() if one.history} == {"embedding_average"}
    history = fitted["embedding_average"].history
    assert history.keys() == {"loss", "accuracy", "val_loss", "val_accuracy"}
    assert {len(values) for values in history.values()} == {6}


def test_the_articles_vocabularies_have_the_articles_size(fitted):
    model = fitted["embedding_average"].model
    assert len(model.vectorizer.words) <= 2998
    assert model.vectorizer.transform(["zzzz"]).tolist() == [[1]]
    assert model.vectorizer.transform(["", model.vectorizer.words[0]]).tolist() == [[1], [2]]
