"""Where ZenML keeps things: any name works or is refused before anything is written; a moved one is told."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sentiment.errors import InputError
from stack_config.opening import require_home
from tests.e2e.conftest import Project, copy_project


@pytest.mark.parametrize("name", ["a%20b", "a?b", "a\\b", "a\nb", "a\tb", "%41", "a\udcffb"])
def test_a_name_that_addresses_take_for_another_is_refused(name, tmp_path):
    with pytest.raises(InputError, match="another meaning"):
        require_home(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "name", ["plain", "with space", "a#b", "100%", "%zz", "h'é\"x", "a:@*[x]{y}|<>^`~,", "a&b=c+d"]
)
def test_every_other_name_is_taken(name, tmp_path):
    require_home(tmp_path / name)


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> Project:
    project = copy_project(tmp_path_factory.mktemp("homes"))
    project.run("--only", "bag_of_words")
    return project


def test_a_refused_name_is_exit_code_2_and_leaves_nothing_beside_it(trained, tmp_path):
    moved = Project(trained.root, tmp_path / "a%20b")
    assert "'%20'" in moved.run("runs", exits=2).stderr
    assert list(tmp_path.iterdir()) == []


def test_a_home_that_was_moved_is_said_to_be_moved_and_a_link_mends_it(trained, tmp_path):
    there = Path(shutil.move(trained.home, tmp_path / "there"))
    moved = Project(trained.root, there)
    try:
        for command in (("runs",), ("registry",), ("--only", "bag_of_words")):
            assert f"was moved: it lies in {there}" in moved.run(*command, exits=2).stderr
        assert not trained.home.exists()
        trained.home.symlink_to(there)
        assert moved.json("registry")[0]["alias"] == "champion"
        trained.home.unlink()
    finally:
        shutil.move(there, trained.home)
    assert trained.json("registry")[0]["alias"] == "champion"
