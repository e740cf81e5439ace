"""Whatever the machine: any folder, several commands at once, variables of other jobs, a checkout to be read only."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.util import cache_from_source
from pathlib import Path

import mlflow
import pytest

from sentiment.environment import OF_OTHER_JOBS, leave_to_the_stack
from tests.e2e.conftest import Project, copy_project
from tests.warm_commands import run_python


def start(project: Project, *arguments: str, cwd: Path | None = None, **variables: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(project.root / "run.py"), *arguments],
        cwd=cwd or project.root,
        env=project.environment | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_libraries_are_compiled_when_they_are_installed_and_not_by_the_first_command():
    seldom_imported = Path(mlflow.__file__).parent / "xgboost" / "__init__.py"
    assert Path(cache_from_source(str(seldom_imported))).is_file()


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> Project:
    """A home that two first trainings made at the same time, from another folder than the project's."""
    project = copy_project(tmp_path_factory.mktemp("machine"), opened=False)
    elsewhere = tmp_path_factory.mktemp("elsewhere")

    def train(seed: str) -> subprocess.CompletedProcess[str]:
        command = [str(project.root / "run.py"), "--only", "bag_of_words", "--seed", seed]
        return run_python(command, cwd=elsewhere, env=project.environment)

    # With a seed each: the later one takes nothing from the cache, however late it is.
    with ThreadPoolExecutor() as both:
        for done in both.map(train, ("1", "2")):
            assert done.returncode == 0, done.stdout + done.stderr
    assert list(elsewhere.iterdir()) == []
    return project


def test_two_first_trainings_at_once_are_both_kept(trained):
    assert [run["status"] for run in trained.json("runs")] == ["FINISHED", "FINISHED"]


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("homes", [1, 2])
def test_four_commands_at_once_all_end_well_on_new_homes_and_on_used_ones(tmp_path, homes):
    commands = [("--only", "bag_of_words"), ("runs", "--json"), ("--only", "bag_of_words"), ("registry", "--json")]
    for cold in range(5):
        projects = [copy_project(tmp_path / f"{cold}-{home}", opened=False) for home in range(homes)]
        for warm in (False, True):
            begun = [start(projects[at // 2 % homes], *command) for at, command in enumerate(commands)]
            for one, (command, _) in zip(begun, commands, strict=True):
                _, errors = one.communicate(timeout=540)
                too_early = not warm and command != "--only" and "`python run.py stack set-up` brings one" in errors
                assert one.returncode == (2 if too_early else 0), errors
            statuses = [run["status"] for project in projects for run in project.json("runs")]
            assert len(statuses) >= 2
            assert set(statuses) == {"FINISHED"}
        for project in projects:
            assert project.json("status")["champion"]


def test_the_folder_is_where_run_py_lies_even_inside_another_zenml_repository(trained, tmp_path):
    settings = tmp_path / ".zen" / "config.yaml"
    settings.parent.mkdir()
    settings.write_text("active_stack_id: 00000000-0000-0000-0000-000000000000\n")
    before = settings.read_bytes()
    below = tmp_path / "notes"
    below.mkdir()
    for command in ("runs", "status", "registry"):
        done = run_python([str(trained.root / "run.py"), command], cwd=below, env=trained.environment)
        assert done.returncode == 0, done.stderr
    assert settings.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir() if path.name != "notes"] == [".zen"]


@pytest.mark.parametrize("name", ["MLFLOW_REGISTRY_URI", "MLFLOW_TRACKING_URI", "MLFLOW_RUN_ID", "ZENML_SERVER"])
def test_a_variable_of_another_job_is_left_aside_and_named(trained, name):
    done = trained.python("run.py", "registry", "--json", **{name: "http://127.0.0.1:9"})
    assert '"version": "1"' in done.stdout
    assert name in done.stderr


def test_variables_that_steer_are_taken_out_and_others_stay():
    environment = dict.fromkeys(OF_OTHER_JOBS, "x") | {"MLFLOW_HTTP_REQUEST_TIMEOUT": "3", "ZENML_CONFIG_PATH": "/h"}
    assert leave_to_the_stack(environment) == list(OF_OTHER_JOBS)
    assert environment == {"MLFLOW_HTTP_REQUEST_TIMEOUT": "3", "ZENML_CONFIG_PATH": "/h"}


@pytest.mark.parametrize(
    "command", [("runs",), ("runs", "--json"), pytest.param(("--only", "bag_of_words"), marks=pytest.mark.slow)]
)
def test_a_reader_who_goes_away_ends_nothing(trained, command):
    process = start(trained, *command)
    process.stdout.close()
    process.stderr.close()
    assert process.wait(timeout=540) == 0


def test_a_checkout_that_cannot_be_written_to_keeps_its_stack_among_zenmls_own(tmp_path):
    project = copy_project(tmp_path)
    read_only = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && shift && exec "$@"'
    within = ["unshare", "--mount", "sh", "-c", read_only, "sh", str(project.root)]
    if subprocess.run([*within, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("needs the right to mount")
    for command in (("--only", "bag_of_words"), ("runs",)):
        done = subprocess.run(
            [*within, sys.executable, str(project.root / "run.py"), *command],
            cwd=tmp_path,
            env=project.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    assert not (project.root / ".zen").exists()
    assert list((project.home / "sentiment_projects").glob("*/.zen/config.yaml"))
