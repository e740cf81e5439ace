"""Where ZenML keeps things: any name works or is refused before anything is written; a moved one is told."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from sentiment.errors import InputError
from stack_config.active import active_stack_id, project_folder
from stack_config.opening import _set_half_made_aside, keep_project_folder, require_home
from tests.e2e.conftest import Project, copy_project, copy_trained


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
    return copy_trained(tmp_path_factory.mktemp("homes"), "bag_of_words")


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


def test_nothing_is_written_outside_a_home_with_a_hash_sign_in_its_path(tmp_path):
    project = copy_project(tmp_path / "a#b c", opened=False)
    project.run("--data", "sample", "--only", "bag_of_words")
    project.run("download", "champion", "taken home")
    assert [path.name for path in tmp_path.iterdir()] == ["a#b c"]
    assert sorted(path.name for path in (tmp_path / "a#b c").iterdir()) == ["home", "project"]
    assert list(project.home.glob("local_stores/*/mlflow_artifacts/models/*/artifacts/MLmodel"))


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("ZENML_STORE_URL", "junk", "ZENML_STORE_URL is 'junk'; https://SERVER"),
        (
            "ZENML_STORE_URL",
            "postgresql://ann:secret@host/zenml",
            "ZENML_STORE_URL is 'postgresql://…'; https://SERVER",
        ),
        ("ZENML_STORE_URL", "sqlite://zenml.db", "ZENML_STORE_URL is 'sqlite://…'; https://SERVER"),
        ("KERAS_BACKEND", "torch", "KERAS_BACKEND is 'torch'; the networks here are TensorFlow's"),
    ],
)
def test_a_variable_with_which_a_library_would_fail_later_is_refused_before_anything_begins(
    variable, value, said, tmp_path
):
    project = copy_project(tmp_path, opened=False)
    done = project.python("run.py", "--data", "sample", "--only", "embedding_average", **{variable: value})
    assert done.returncode == 2
    assert said in " ".join(done.stderr.split())
    assert "secret" not in done.stderr
    assert not project.home.exists()


def test_a_database_whose_making_was_interrupted_is_set_aside_and_one_that_was_used_is_not(tmp_path):
    database = tmp_path / "zenml.db"
    for statement, stays in [("CREATE TABLE user (id)", False), ("CREATE TABLE pipeline_run (id)", False)]:
        with closing(sqlite3.connect(database)) as opened, opened:
            opened.execute(statement)
        _set_half_made_aside(database)
        assert database.exists() is stays
    with closing(sqlite3.connect(database)) as opened, opened:
        opened.execute("CREATE TABLE pipeline_run (id)")
        opened.execute("INSERT INTO pipeline_run VALUES (1)")
    _set_half_made_aside(database)
    assert database.exists()


def test_without_a_stack_of_the_project_the_one_of_the_user_is_active(tmp_path, monkeypatch):
    monkeypatch.delenv("ZENML_ACTIVE_STACK_ID", raising=False)
    monkeypatch.setenv("ZENML_CONFIG_PATH", str(tmp_path / "home"))
    project = tmp_path / "project"
    for folder in (tmp_path / "home", project / ".zen"):
        folder.mkdir(parents=True)
    assert active_stack_id(project) is None
    (tmp_path / "home" / "config.yaml").write_text("active_stack_id: of-the-user\n")
    assert active_stack_id(project) == "of-the-user"
    (project / ".zen" / "config.yaml").write_text("active_stack_id: of-the-project\n")
    assert active_stack_id(project) == "of-the-project"


def test_two_homes_that_use_one_checkout_have_a_stack_each(trained, tmp_path):
    other = Project(trained.root, tmp_path / "other")
    assert "so does a first training" in other.run("runs", exits=2).stderr
    other.run("stack", "set-up")
    for project, runs in [(other, 0), (trained, 1)]:
        assert project.json("status")["stack"] == "local"
        assert len(project.json("runs")) == runs


def test_what_a_stack_lacks_is_promised_of_a_training_only_where_a_training_brings_it(trained):
    code = """
from zenml.orchestrators import LocalOrchestrator
from steps.shared.stack import active_component
active_component("model_registry", LocalOrchestrator)
"""
    said = trained.python("-c", code).stderr.strip()
    assert said.endswith("stack 'local' has no MLflow model registry. `python run.py stack set-up` brings one.")


def test_a_folder_kept_for_a_home_that_is_gone_is_kept_for_the_next(tmp_path, monkeypatch):
    project = tmp_path / "project"
    project.mkdir()
    monkeypatch.setenv("ZENML_REPOSITORY_PATH", "")
    for name, has in [("first", True), ("second", False), ("first", True)]:
        (tmp_path / name).mkdir(exist_ok=True)
        monkeypatch.setenv("ZENML_CONFIG_PATH", str(tmp_path / name))
        assert keep_project_folder(project) == project_folder(project)
        assert (project_folder(project) == project) is has
    (tmp_path / "first").rmdir()
    monkeypatch.setenv("ZENML_CONFIG_PATH", str(tmp_path / "second"))
    assert keep_project_folder(project) == project


TINY = """
mount -t tmpfs -o size="$1" tmpfs "$2" && shift 1 && place="$1" && shift 1
export ZENML_CONFIG_PATH="$place/home" TMPDIR="$place"
"$@"; first=$?
mount -o remount,size=300m "$place" || exit 99
"$@" >&2; second=$?
"$python" -c "$look"
exit $((first * 10 + second))
"""
LOOK = """
import os, pathlib, sqlite3
for database in pathlib.Path(os.environ["ZENML_CONFIG_PATH"]).rglob("*.db"):
    opened = sqlite3.connect(database)
    tables = {name for (name,) in opened.execute("select name from sqlite_master")}
    for table in {"pipeline_run", "step_run", "runs"} & tables:
        states = {str(state).lower() for (state,) in opened.execute("select status from " + table)}
        assert "running" not in states and "initializing" not in states, (table, states)
"""


@pytest.mark.parametrize(
    "size", [pytest.param("600k", marks=pytest.mark.slow), "2000k", pytest.param("2600k", marks=pytest.mark.slow)]
)  # of databases or a model
def test_a_full_disk_is_called_so_and_with_room_the_next_run_is_whole(size, tmp_path):
    project = copy_project(tmp_path)
    place = tmp_path / "tiny"
    place.mkdir()
    within = ["unshare", "--mount", "sh", "-c", TINY, "sh", size, str(place)]
    command = [sys.executable, "run.py", "--only", "bag_of_words"]
    environment = project.environment | {"python": sys.executable, "look": LOOK}
    if subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("needs the right to mount")
    done = subprocess.run(
        [*within, *command], cwd=project.root, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 10, done.stdout + done.stderr
    assert "the disk is full" in done.stderr
    assert "Traceback" not in done.stderr
