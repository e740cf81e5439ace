"""`mlflow run`: the project as an MLflow Project, from a folder whose name has a space."""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.e2e.conftest import Project, copy_project

CONFIG = """
candidates:
  - {name: bag_of_words, family: bag_of_words, recipe: article}
  - {name: linear, family: tfidf_linear, recipe: negation}
"""


@pytest.fixture(scope="module")
def spaced(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = copy_project(tmp_path_factory.mktemp("mlflow project"))
    for name in ("MLproject", "python_env.yaml"):
        shutil.copy(ROOT / name, project.root)
    (project.root / "two.yaml").write_text(CONFIG)
    done = mlflow_run(project, "train", config="two.yaml")
    assert done.returncode == 0, done.stderr
    return project


def mlflow_run(project: Project, entry_point: str, **parameters: str) -> subprocess.CompletedProcess[str]:
    chosen = [argument for name, value in parameters.items() for argument in ("-P", f"{name}={value}")]
    program = Path(sys.executable).with_name("mlflow")
    path = f"{program.parent}:{project.environment['PATH']}"
    return subprocess.run(
        [str(program), "run", str(project.root), "-e", entry_point, "--env-manager", "local", *chosen],
        cwd=project.root.parent,
        env=project.environment | {"PATH": path, "MLFLOW_DISABLE_TELEMETRY": "true"},
        capture_output=True,
        text=True,
        timeout=540,
        check=False,
    )


def test_what_mlflow_started_is_in_the_stacks_own_store(spaced):
    assert sorted(run["name"] for run in spaced.json("runs")) == ["bag_of_words", "linear"]
    assert all(run["status"] == "FINISHED" for run in spaced.json("runs"))


def test_a_file_is_scored_from_a_path_with_a_space(spaced):
    scored = spaced.root.parent / "scored reviews.csv"
    done = mlflow_run(
        spaced, "score", input=str(spaced.root / "data" / "sample_reviews.csv"), output=str(scored), workers="2"
    )
    assert done.returncode == 0, done.stderr
    with scored.open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) > 2000


@pytest.mark.slow
def test_what_the_gate_refuses_is_a_failed_run_for_mlflow(spaced):
    challenger = next(row["version"] for row in spaced.json("registry") if row["stage"] != "Production")
    done = mlflow_run(spaced, "promote", version=challenger)
    assert done.returncode != 0
    assert "was not promoted" in done.stdout + done.stderr


def test_predictions_are_judged_and_too_few_of_them_are_no_good_news(spaced):
    log = spaced.root.parent / "no predictions"
    log.mkdir()
    done = mlflow_run(spaced, "monitor", log=str(log))
    assert done.returncode != 0
    assert "unknown" in done.stdout
