"""A run that is interrupted or killed, at any moment: nothing of it stays marked as running."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from sentiment.training.candidates import Candidate
from steps.shared.progress import Display
from steps.shared.tracking import run_store
from steps.shared.zenml_overrides import override_zenml
from tests.e2e.conftest import HEEDING_CTRL_C, Project, copy_project
from tests.moments import after
from tests.warm_commands import run_cold

AT = {  # what the run has just done: the function of the project that has returned then
    "nothing": override_zenml,
    "opened": run_store,
    "fitted": Candidate.fit,
    "ended a step": Display.end,
}
STATES = {
    "pipeline_run": "select status from pipeline_run",
    "runs": "select status from runs",
    "step_run": "select status from step_run",
}


def stopped(project: Project, moment: str, number: int) -> subprocess.CompletedProcess[str]:
    """Run a training that sends itself a signal at a moment."""
    training = ("run.py", "--only", "bag_of_words", "--no-cache")
    killed = after(AT[moment], f"import os; os.kill(os.getpid(), {number})", *training)
    return run_cold(["-c", HEEDING_CTRL_C, *killed], cwd=project.root, env=project.environment)


def states(project: Project) -> set[str]:
    """Every state of a run, of a step or of MLflow's runs that is kept anywhere."""
    found = set()
    for database in Path(project.home, "local_stores").rglob("*.db"):
        with closing(sqlite3.connect(database)) as opened:
            tables = {name for (name,) in opened.execute("select name from sqlite_master")}
            for table in tables & STATES.keys():
                found |= {str(state).lower() for (state,) in opened.execute(STATES[table])}
    return found


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Project:
    return copy_project(tmp_path_factory.mktemp("interrupted"))


@pytest.mark.parametrize(
    "moment",
    ["nothing", "fitted", *(pytest.param(name, marks=pytest.mark.slow) for name in ("opened", "ended a step"))],
)
def test_ctrl_c_ends_with_130_and_settles_everything_at_once(project, moment):
    done = stopped(project, moment, signal.SIGINT)
    assert done.returncode == 130, done.stdout + done.stderr
    assert "interrupted" in done.stderr
    assert "Aborted" not in done.stderr
    assert "Traceback" not in done.stderr
    assert states(project) <= {"failed", "completed", "finished"}


def test_what_was_killed_is_settled_by_the_next_run(project):
    assert stopped(project, "fitted", signal.SIGKILL).returncode == -signal.SIGKILL
    assert "running" in states(project)
    project.run("--only", "bag_of_words")
    assert states(project) <= {"failed", "completed", "finished", "cached"}
    assert list((project.home / "sentiment_runs").iterdir()) == []
