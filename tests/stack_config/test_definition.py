"""What the YAML of a stack says, and what it leaves open."""

from __future__ import annotations

import pytest

from sentiment.errors import ConfigError
from stack_config.definition import FOLDER, load_definition, placeholders, stack_names


def filled(name, **values):
    return {placeholder: f"a-{placeholder.lower()}" for placeholder in placeholders(name)} | values


def test_there_are_the_stacks_that_the_readme_names():
    assert stack_names() == ["aws", "gcp", "kubernetes", "local", "s3", "team"]


@pytest.mark.parametrize("name", stack_names())
def test_each_file_is_named_like_its_stack_and_its_components_like_their_kind(name):
    definition = load_definition(name, filled(name))
    assert definition.stack_name == name
    for kind, components in definition.components.items():
        assert [component.type for component in components] == [kind]
        assert [component.name for component in components] == [f"sentiment-{name}"]


@pytest.mark.parametrize("name", stack_names())
def test_the_head_explains_every_placeholder_with_an_example_and_no_other(name):
    head = [line for line in (FOLDER / f"{name}.yaml").read_text().splitlines() if line.startswith("#")]
    explained = [line[4 : line.index("}")] for line in head if line.startswith("# ${") and ", e.g. " in line]
    assert sorted(explained) == sorted(placeholders(name))


def test_local_leaves_nothing_open():
    assert placeholders("local") == []


def test_everything_that_is_not_set_is_listed_at_once():
    with pytest.raises(ConfigError) as refused:
        load_definition("gcp", filled("gcp", GCP_PROJECT="", MLFLOW_URL=""))
    assert "  - GCP_PROJECT\n  - MLFLOW_URL\n" in str(refused.value)
    assert "GCP_BUCKET" not in str(refused.value)
    assert "--set NAME=value" in str(refused.value)


def test_a_value_is_text_whatever_it_looks_like():
    value = 'x"\nstack_name: other # {y: [${MLFLOW_URL}]}'
    definition = load_definition("gcp", filled("gcp", GCP_PROJECT=value))
    assert definition.stack_name == "gcp"
    assert definition.components["orchestrator"][0].configuration["project"] == value


def test_values_that_no_placeholder_asks_for_are_ignored():
    assert load_definition("local", {"HOME": "/nowhere"}) == load_definition("local")


@pytest.mark.parametrize("name", ["team", "gcp", "aws", "kubernetes"])
def test_accounts_are_secrets_by_reference(name):
    definition = load_definition(name, filled(name))
    assert {"username", "password"} <= definition.secrets()[f"sentiment-{name}"]
    tracker = definition.components["experiment_tracker"][0].configuration
    assert tracker["tracking_password"] == f"{{{{sentiment-{name}.password}}}}"


def test_local_needs_no_secret():
    assert load_definition("local").secrets() == {}
