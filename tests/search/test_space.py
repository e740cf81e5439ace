"""What may be searched."""

from __future__ import annotations

import pytest

from sentiment.errors import ConfigError
from sentiment.search.space import load_space, parse_space
from sentiment.training.candidates import load_training_config
from tests.conftest import ROOT
from tests.search.conftest import SPACE

CONFIGS = ROOT / "pipelines" / "configs"


def changed(family="nb_linear", **of_family):
    families = {**SPACE["families"], family: {**SPACE["families"].get(family, {}), **of_family}}
    return {**SPACE, "families": families}


def test_the_shipped_space_holds_the_start_that_it_must_beat():
    space = load_space(CONFIGS / "search.yaml")
    start = load_training_config(CONFIGS / "training.yaml").only([space.start]).candidates[0]
    values = space.values_of(start)
    assert space.candidate(values).params == start.params
    assert space.candidate(values).recipe == start.recipe


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (changed(params={"beta": {"low": 0.1, "high": 1.0}}), "unknown parameter 'beta' of family 'nb_linear'"),
        (changed(params={"c": {"low": 2.0, "high": 2.0}}), "a range from 2.0 to 2.0 is empty"),
        (changed(params={"c": {"low": 0.0, "high": 2.0}}), "parameter 'c' of family 'nb_linear'"),
        (changed(params={"damping": {"low": 0.5, "high": 1.5}}), "parameter 'damping' of family 'nb_linear'"),
        (changed(params={"c": {"low": 0, "high": 2, "log": True}}), "above 0 expected where log is true"),
        (changed(params={"c": {"choices": []}}), "at least one value"),
        (changed(params={"c": {"choices": [1.0], "low": 0.5}}), "no low, high or log"),
        (changed(params={"ngrams": {"choices": [1, 9]}}), "parameter 'ngrams'"),
        (changed(recipe="lemmas"), "unknown recipe 'lemmas'"),
        (changed(fixed={"beta": 1}), "unknown parameter 'beta'"),
        (changed("svm", recipe="negation"), "family 'svm' is not known"),
        ({**SPACE, "metric": "beauty"}, "metric 'beauty' is not known"),
        ({**SPACE, "folds": 1}, "folds"),
        ({**SPACE, "colour": 1}, "unknown key 'colour' found; allowed: start, metric, "),
        (
            changed(params={"c": {"lo": 1.0}}),
            "nb_linear.params.c: unknown key 'lo' found; allowed: choices, low, high, log",
        ),
        ({**SPACE, "families": {}}, "families"),
    ],
)
def test_what_is_wrong_with_a_space_is_named(values, said):
    with pytest.raises(ConfigError, match=r"test\.yaml is not a search space") as caught:
        parse_space(values, source="test.yaml")
    assert said in str(caught.value)


def test_a_hyperparameter_of_a_blends_member_is_named_with_a_dot():
    family = {"recipe": "ending", "params": {"nb_linear.c": {"low": 1.0, "high": 2.0}}}
    space = parse_space({"start": "linear_blend", "families": {"linear_blend": family}}, source="the test")
    found = space.candidate({"linear_blend.nb_linear.c": 1.5})
    assert found.params["nb_linear"]["c"] == 1.5
    assert found.params["complement_bayes"] == {"smoothing": 0.1}


def test_only_the_chosen_family_has_values(plan):
    values = {"family": "linear_svm", "linear_svm.c": 0.2, "nb_linear.c": 9.0}
    assert plan.space.active(values) == {"family": "linear_svm", "linear_svm.c": 0.2}
    assert plan.space.candidate(values).params["c"] == 0.2


def test_a_start_outside_the_space_has_no_values(plan):
    outside = plan.start.model_copy(update={"params": {**plan.start.params, "c": 1000.0}})
    assert plan.space.values_of(plan.start)["nb_linear.c"] == 8.0
    assert plan.space.values_of(outside) == {}


def test_a_family_that_is_not_in_the_space_cannot_be_searched_alone(plan):
    assert list(plan.space.only(("linear_svm",)).families) == ["linear_svm"]
    with pytest.raises(ConfigError, match="no family bag_of_words; there are: nb_linear, linear_svm"):
        plan.space.only(("bag_of_words",))
