"""Replacing parts of libraries: only what is as expected, and what is left out is said once."""

from __future__ import annotations

import logging
import sys
import types

import pytest

from sentiment.overrides import Override, applied, apply, find, misfit


@pytest.fixture
def library(monkeypatch):
    """A library with a function and a class."""
    module = types.ModuleType("a_library")

    def load(source):
        return f"loaded {source}"

    class Tracker:
        def close(self):
            return "closed"

    module.load, module.Tracker = load, Tracker
    monkeypatch.setitem(sys.modules, "a_library", module)
    return module


def override(attribute="load", parameters=("source",), **others):
    described = {"why": "it is slow", "lost": "it takes longer", "checked_with": "a-library 1.0"}
    return Override("a_library", attribute, parameters, **{**described, **others})


def louder(original):
    return lambda source: original(source).upper()


def test_a_part_is_replaced_once_and_its_replacement_has_the_librarys_own(library):
    of = override(why="replaced once")
    apply(of, louder)
    apply(of, louder)
    assert library.load("x") == "LOADED X"


def test_a_method_is_replaced_in_its_class(library):
    apply(override("Tracker.close", ("self",)), lambda original: lambda self: f"quickly {original(self)}")
    assert library.Tracker().close() == "quickly closed"


def test_a_replacement_for_a_while_is_taken_back_also_when_the_body_fails(library):
    with pytest.raises(ValueError, match="the body"), applied(override(), louder):
        assert library.load("x") == "LOADED X"
        raise ValueError("the body")
    assert library.load("x") == "loaded x"


@pytest.mark.parametrize(
    ("of", "reason"),
    [
        (override("store"), "it is missing (module 'a_library' has no attribute 'store')"),
        (override("Tracker.open"), "it is missing (type object 'Tracker' has no attribute 'open')"),
        (Override("no_library", "load", (), "", "", "no 1"), "it is missing (No module named 'no_library')"),
        (override(parameters=("source", "hint")), "it takes (source); (source, hint) expected"),
        (override("__name__", ()), "it is not a function with known parameters"),
    ],
    ids=["function", "method", "module", "parameters", "no function"],
)
def test_what_is_not_as_expected_is_left_alone_and_said_once(library, caplog, of, reason):
    before = dict(vars(library))
    with caplog.at_level(logging.INFO):
        apply(of, louder)
        apply(of, louder)
        with applied(of, louder):
            assert vars(library) == before
        assert find(of) is None
    assert vars(library) == before
    assert [record.levelname for record in caplog.records] == ["INFO"]
    assert f"Not used: {of.name}: {reason}" in caplog.text


def test_what_enforces_a_limit_is_said_as_a_warning(library, caplog):
    of = override("limit", is_limit=True)
    assert find(of) is None
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "Checked with a-library 1.0; installed: no a-library. Without it: it takes longer." in caplog.text


def test_a_part_that_only_objects_have_is_not_looked_up(library):
    assert misfit(override("Tracker.connections", None, of_instances=True)) == ""
