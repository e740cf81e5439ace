"""A linear model as numbers alone: what scikit-learn's own objects answer, without them."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from copy import copy

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sentiment.errors import ModelFileError
from sentiment.models import linear_scorer
from sentiment.models.explain import explainer
from sentiment.models.files import MANIFEST, load_model, load_scorer, save_model
from sentiment.models.known_words import reads_titles, word_counter
from sentiment.models.linear_pair import linear_text
from sentiment.models.linear_scorer import LinearScorer
from sentiment.models.pair_scorer import PairScorer, scorer_of
from sentiment.models.text_model import TextModel
from sentiment.reviews.reading import documents
from sentiment.text import join_title
from tests.conftest import ROOT

LINEAR = ("complement_bayes", "linear_blend", "linear_svm", "nb_linear", "tfidf_linear")
ODD = [
    "",
    " ",
    "zxqv qwop",
    "القماش ناعم جدا",
    "soft",
    "soft soft soft. Not soft!",
    "<b>soft</b> &amp; <br/>",
    "not " * 5000,
    *join_title(["Soft", "soft soft", "..."], ["", "it's not soft", "!?"]),
]


@pytest.fixture(params=LINEAR)
def model(request, fitted):
    return fitted[request.param].model


@pytest.fixture
def texts(split):
    return [*documents(split.test), *ODD]


def test_scores_are_those_of_scikit_learn_however_many_are_asked_at_once(model, texts):
    scorer = LinearScorer(linear_text(model))
    scores = scorer.score(texts)
    vectors = model.vectorizer.transform(texts)  # scikit-learn's own
    assert scores.probabilities == pytest.approx(model.classifier.predict_proba(vectors)[:, 1].tolist(), abs=1e-12)
    assert list(zip(scores.words, scores.known_words, strict=True)) == word_counter(model)(texts)
    for at, text in enumerate(texts):
        (probability,), words, known = scorer.score([text])
        assert probability == pytest.approx(scores.probabilities[at], abs=1e-12)
        assert (words, known) == ([scores.words[at]], [scores.known_words[at]])
    assert scorer.score([]) == ([], [], [])
    assert (scorer.threshold, scorer.reads_titles) == (model.threshold, reads_titles(model))


def test_long_reviews_are_scored_in_blocks_that_fit_into_memory(model, texts, monkeypatch):
    scorer = LinearScorer(linear_text(model))
    at_once = scorer.score(texts)
    blocks, numbered = [], scorer._numbered
    monkeypatch.setattr(linear_scorer, "_CHARACTERS_A_BLOCK", 9_000)
    monkeypatch.setattr(scorer, "_numbered", lambda block: (blocks.append(block), numbered(block))[1])
    assert scorer.score(texts).probabilities == pytest.approx(at_once.probabilities, abs=1e-12)
    assert [text for block in blocks for text in block] == texts
    assert all(len(block) == 1 or sum(map(len, block)) <= 9_000 for block in blocks)
    assert ["not " * 5000] in blocks
    assert max(map(len, blocks)) > 1


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=200))
def test_any_text_has_the_probability_that_the_pair_gives(fitted, text):
    model = fitted["linear_blend"].model
    (probability,), _, _ = scorer_of(model).score([text])
    assert probability == pytest.approx(model.predict_proba([text])[0], abs=1e-12)


def test_scores_do_not_depend_on_the_blocks_they_are_worked_out_in(model, texts, monkeypatch):
    scorer = LinearScorer(linear_text(model))
    whole = scorer.score(texts)
    monkeypatch.setattr("sentiment.models.linear_scorer._DOCUMENTS_A_BLOCK", 3)
    assert scorer.score(texts) == whole


def test_words_that_moved_a_verdict_are_those_of_the_pair(model, texts):
    ours, theirs = LinearScorer(linear_text(model)).explain(texts, 5), explainer(model)(texts, 5)
    assert [[one.word for one in words] for words in ours] == [[one.word for one in words] for words in theirs]
    weights = [[one.weight for words in side for one in words] for side in (ours, theirs)]
    assert weights[0] == pytest.approx(weights[1], abs=1e-12)
    assert len(ours[-2]) > 1 and ours[texts.index("")] == ()


@pytest.mark.parametrize("longest", [1, 3])
def test_runs_of_any_length_are_found(fit, texts, longest):
    model = fit("linear_blend", ngrams=longest, min_df=1).model
    expected = model.predict_proba(texts).tolist()
    assert LinearScorer(linear_text(model)).score(texts).probabilities == pytest.approx(expected, abs=1e-12)


def test_a_run_whose_beginning_is_no_run_of_its_own_is_found(fitted):
    linear = linear_text(fitted["tfidf_linear"].model)._replace(
        runs=["good", "not so good", "so good"], longest=3, idf=np.ones(3), coef=np.array([1.0, -9.0, 2.0])
    )
    scorer = LinearScorer(linear._replace(recipe=str.split))
    assert [one.word for one in scorer.explain(["not so good"], 3)[0]] == ["not so good", "so good", "good"]
    assert scorer.score(["not so good", "so bad"])[1:] == ([3, 2], [1, 0])


def test_other_pairs_are_asked_as_they_are(fitted):
    assert isinstance(scorer_of(fitted["linear_blend"].model), LinearScorer)
    for family in ("bag_of_words", "tfidf_bayes", "char_linear", "embedding_average"):
        assert isinstance(scorer_of(fitted[family].model), PairScorer)


def test_a_pair_that_is_more_than_its_numbers_is_none(fitted):
    model = fitted["tfidf_linear"].model
    assert linear_text(TextModel(model.vectorizer, object())) is None
    for setting in ({"sublinear_tf": False}, {"min_df": 0.5}, {"tokenizer": str.split}, {"ngram_range": (2, 2)}):
        changed = copy(model.vectorizer).set_params(**setting)
        assert linear_text(TextModel(changed, model.classifier)) is None


@pytest.fixture
def stored(fitted, tmp_path):
    save_model(fitted["linear_blend"].model, tmp_path)
    return tmp_path


def test_a_stored_one_answers_without_scikit_learn(stored, fitted):
    code = f"""
import sys
from pathlib import Path
from sentiment.models.files import load_scorer
scorer = load_scorer(Path({str(stored)!r}))
print(scorer.score(["not soft"]).probabilities[0], *(word for word, _ in scorer.explain(["not soft"], 1)[0]))
sys.exit(bool({{"sklearn", "scipy", "pandas", "skops", "nltk"}} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    probability, word = done.stdout.split()
    model = fitted["linear_blend"].model
    assert float(probability) == pytest.approx(model.predict_proba(["not soft"])[0], abs=1e-12)
    assert word == explainer(model)(["not soft"], 1)[0][0].word


def test_read_back_it_is_the_pair_that_was_stored(stored, fitted):
    model, read = fitted["linear_blend"].model, load_model(stored)
    assert read.vectorizer.get_params().keys() == model.vectorizer.get_params().keys()
    assert read.vectorizer.tokenizer.get_params() == model.vectorizer.tokenizer.get_params()
    assert np.array_equal(read.classifier.coef_, model.classifier.coef_)
    assert read.classifier.calibration == model.classifier.calibration


@pytest.mark.parametrize(
    "change",
    [
        {"longest": 0},
        {"longest": 10**9},
        {"threshold": 2},
        {"intercept": "NaN"},
        {"calibration": [1, 1]},
        {"recipe": "os"},
        {"recipe": "../evil"},
        {"settings": {"deep": [1]}},
        {"settings": {"unknown": 1}},
        {"weights_sha256": "0" * 64},
        {"runs_sha256": "0" * 64},
        {"more": 1},
    ],
    ids=str,
)
@pytest.mark.parametrize("load", [load_model, load_scorer])
def test_what_was_noted_of_another_model_is_refused(stored, change, load):
    manifest = json.loads((stored / MANIFEST).read_text())
    manifest["linear"] |= change
    (stored / MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(ModelFileError, match="is missing or damaged"):
        load(stored)


@pytest.mark.parametrize("attack", ["pickle", "header"])
def test_weights_that_ask_for_something_else_are_refused(stored, attack):
    path = stored / "weights.npy"
    if attack == "pickle":
        np.save(path, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    else:
        size = np.load(path).shape[1]
        path.write_bytes(path.read_bytes().replace(b"(2, %d)" % size, b"(2, 9%015d)" % size, 1))
    manifest = json.loads((stored / MANIFEST).read_text())
    manifest["linear"]["weights_sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    (stored / MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(ModelFileError, match=r"weights\.npy is missing or damaged"):
        load_scorer(stored)
