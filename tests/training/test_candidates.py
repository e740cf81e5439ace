"""The training configuration is checked strictly, and says what it does not know."""

from __future__ import annotations

import re

import pytest

from sentiment.errors import ConfigError
from sentiment.models import families
from sentiment.training.candidates import load_training_config, parse_training_config
from tests.conftest import ROOT

SHIPPED = ROOT / "pipelines" / "configs" / "training.yaml"
GOOD = {"name": "mine", "family": "tfidf_bayes", "recipe": "article"}


def parsed(**changes):
    return parse_training_config({"candidates": [{**GOOD, **changes}]}, source="test.yaml")


def test_the_shipped_candidates_are_the_articles_and_two_better_ones():
    config = load_training_config(SHIPPED)
    assert [candidate.name for candidate in config.candidates] == [
        "bag_of_words",
        "tfidf_bayes",
        "embedding_average",
        "tfidf_linear",
        "linear_blend",
    ]
    assert [candidate.family for candidate in config.candidates] == [candidate.name for candidate in config.candidates]
    assert config.selection_metric == "mcc"


def test_parameters_that_are_not_named_have_their_defaults():
    assert parsed().candidates[0].params == {"max_features": 3000, "alpha": 1.0}
    assert parsed(params={"alpha": 2}).candidates[0].params == {"max_features": 3000, "alpha": 2.0}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"colour": 1}, ["unknown key 'colour'", "allowed: name, family, recipe, params"]),
        ({"family": "svm"}, ["unknown family 'svm'", ", ".join(families.names())]),
        ({"family": "tfidf_linaer"}, ["did you mean 'tfidf_linear'?"]),
        ({"recipe": "lemmas"}, ["unknown recipe 'lemmas'", "article, ending, negation"]),
        ({"params": {"beta": 1}}, ["unknown parameter 'beta'", "allowed: max_features, alpha"]),
        ({"params": {"alpha": 0}}, ["'alpha'", "greater than 0", "found 0"]),
        ({"params": {"alpha": "much"}}, ["'alpha'", "found 'much'"]),
        ({"params": {"alpha": float("inf")}}, ["'alpha'", "finite", "found inf"]),
        ({"params": {"max_features": 2.5}}, ["'max_features'", "found 2.5"]),
        ({"params": {"alpha": 0, "beta": 1}}, ["'alpha'", "unknown parameter 'beta'"]),
        ({"params": [1]}, ["'params'", "found [1]"]),
        ({"params": []}, ["'params'", "found []"]),
        ({"params": False}, ["'params'", "found False"]),
        ({"params": ""}, ["'params'", "found ''"]),
        ({"family": ["tfidf_bayes"]}, ["family", "found ['tfidf_bayes']"]),
        ({"family": "base"}, ["unknown family 'base'"]),
        ({"family": "_bayes"}, ["unknown family '_bayes'"]),
        ({"recipe": None}, ["recipe", "found None"]),
        ({"recipe": "memo"}, ["unknown recipe 'memo'"]),
        ({"name": "a" * 65}, ["name"]),
        ({"name": 3}, ["name", "found 3"]),
        ({"name": "Mine!"}, ["name", "found 'Mine!'"]),
        ({"name": "../up"}, ["name"]),
    ],
)
def test_what_is_wrong_with_a_candidate_is_named_with_what_is_allowed(changes, said):
    with pytest.raises(ConfigError) as caught:
        parsed(**changes)
    assert caught.value.exit_code == 2
    for words in ["test.yaml", *said]:
        assert words in str(caught.value)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "key 'candidates' is missing"),
        ({"candidates": []}, "candidates: none found; at least one expected"),
        ({"candidates": None}, "candidates: .*found None"),
        ({"candidates": GOOD}, "candidates: .*found {'name': 'mine'"),
        ({"candidates": ["bag_of_words"]}, "candidates.0: .*found 'bag_of_words'"),
        ({"candidates": [{"name": "mine", "recipe": "article"}]}, "candidates.0: key 'family' is missing"),
        ({"candidates": [GOOD, {**GOOD, "name": "other"}, GOOD]}, r"used twice: mine\b(?!,)"),
        ({"candidates": [GOOD], "metric": "mcc"}, "unknown key 'metric' found; allowed: seed, validation_share"),
        ({"candidates": [GOOD], "selection_metric": "speed"}, "speed.*mcc"),
        ({"candidates": [GOOD], "seed": -1}, "seed: .*found -1"),
        ({"candidates": [GOOD], "seed": 2**32}, "seed: .*found 4294967296"),
        ({"candidates": [GOOD], "seed": "soon"}, "seed: .*found 'soon'"),
        ({"candidates": [GOOD], "validation_share": float("nan")}, "validation_share: .*found nan"),
        ({"candidates": [GOOD], "validation_share": 0.9}, "validation_share: .*found 0.9"),
    ],
)
def test_what_is_wrong_with_the_configuration_is_named(values, said):
    with pytest.raises(ConfigError, match=said) as caught:
        parse_training_config(values, source="test.yaml")
    assert caught.value.exit_code == 2


def test_every_problem_is_named_at_once():
    with pytest.raises(ConfigError) as caught:
        parse_training_config({"candidates": [{**GOOD, "recipe": "x"}, {**GOOD, "family": "y"}], "sed": 1}, source="t")
    assert str(caught.value).count("\n  - ") == 3


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"candidates: [", "is not valid YAML"),
        (b"seed: 2026-99-99", "is not valid YAML: month must be in 1..12"),
        (b"\xff\xfes\x00", r"is not UTF-8 \(byte 0xff at 0\)"),
        (b"[" * 5000, "nests lists and mappings too deep"),
        (b"- 1", "holds a list; a mapping"),
        (b"", "is empty; a mapping"),
        (b"sed: 1", "unknown key 'sed'"),
    ],
    ids=["unclosed", "no such date", "no UTF-8", "too deep", "a list", "empty", "unknown key"],
)
def test_a_file_that_is_no_configuration_is_refused_by_name(tmp_path, content, said):
    (tmp_path / "c.yaml").write_bytes(content)
    with pytest.raises(ConfigError, match=rf"c\.yaml (.|\n)*{said}") as caught:
        load_training_config(tmp_path / "c.yaml")
    assert caught.value.exit_code == 2


def test_a_configuration_runs_no_code(tmp_path):
    ran = tmp_path / "ran"
    (tmp_path / "c.yaml").write_text(f"seed: !!python/object/apply:os.system ['touch {ran}']")
    with pytest.raises(ConfigError, match="is not valid YAML"):
        load_training_config(tmp_path / "c.yaml")
    assert not ran.exists()


@pytest.mark.parametrize(("name", "said"), [("c.yaml", "No such file"), ("", "Is a directory")])
def test_a_file_that_cannot_be_read_is_named(tmp_path, name, said):
    with pytest.raises(ConfigError, match=re.escape(f"{tmp_path / name} cannot be read: {said}")) as caught:
        load_training_config(tmp_path / name)
    assert caught.value.exit_code == 2


def test_only_keeps_the_configurations_order_and_an_unknown_name_is_refused():
    config = load_training_config(SHIPPED)
    kept = config.only(["tfidf_linear", "bag_of_words"]).candidates
    assert [candidate.name for candidate in kept] == ["bag_of_words", "tfidf_linear"]
    assert config.only([]) is config
    with pytest.raises(
        ConfigError, match="no candidate is called 'svm'; there are: bag_of_words, tfidf_bayes"
    ) as caught:
        config.only(["bag_of_words", "svm"])
    assert caught.value.exit_code == 2


def test_a_fifth_family_is_one_new_file(tmp_path, monkeypatch, split):
    from sentiment.models.files import load_model, save_model
    from sentiment.reviews.reading import documents, examples

    (tmp_path / "majority.py").write_text(
        """
from sklearn.dummy import DummyClassifier
from sklearn.feature_extraction.text import CountVectorizer
from sentiment.models.families.base import FamilyParams, Fitted
from sentiment.models.text_model import TextModel

ALGORITHM = "The commonest answer"

class Params(FamilyParams):
    constant: float = 0.8

def fit(params, recipe, train, validation, seed):
    words = CountVectorizer(tokenizer=recipe, token_pattern=None, lowercase=False)
    features = words.fit_transform(train.documents)
    return Fitted(TextModel(words, DummyClassifier(strategy="prior").fit(features, train.labels)))
"""
    )
    monkeypatch.setattr(families, "__path__", [*families.__path__, str(tmp_path)])
    candidate = parsed(family="majority", recipe="negation").candidates[0]
    model = candidate.fit(examples(split.train), examples(split.validation), 0).model
    (tmp_path / "stored").mkdir()
    save_model(model, tmp_path / "stored")
    texts = documents(split.test)[:3]
    assert load_model(tmp_path / "stored").predict_proba(texts).tolist() == model.predict_proba(texts).tolist()
