"""What is no version, and what cannot be gone back to, is said with what there is; no address of a store is shown."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import Project, copy_project


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> Project:
    project = copy_project(tmp_path_factory.mktemp("versions"))
    project.run("--only", "bag_of_words")
    return project


@pytest.mark.parametrize(
    ("command", "version"),
    [
        pytest.param(("promote",), "abc", marks=pytest.mark.slow),
        (("promote",), "\u0663"),  # a digit for Python, and none for a store
        (("registry", "show"), "[bold]1"),
        pytest.param(("deploy", "--version"), "-x", marks=pytest.mark.slow),
        (("monitor", "--version"), "99"),
    ],
)
def test_what_is_no_version_is_said_with_those_there_are(trained, command, version):
    done = trained.run(*command, version, exits=2)
    assert f"has no version {version!r}; there are: 1" in done.stderr
    assert "sqlite" not in done.stderr


def test_without_an_earlier_champion_there_is_nothing_to_go_back_to(trained):
    assert "no champion to go back to" in trained.run("rollback", "--why", "x", exits=2).stderr


def test_a_version_is_not_compared_with_itself(trained):
    assert "are the same version" in trained.run("registry", "compare", "1", "champion", exits=2).stderr
