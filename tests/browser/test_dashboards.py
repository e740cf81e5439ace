"""What a person sees in ZenML's dashboard and in MLflow, started by this project's commands after a real training.

Whoever trains and what the file is called are hostile: every page here shows them, and none may run them.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests
from playwright.sync_api import expect

from sentiment.service.loopback import free_port
from tests.browser.conftest import NARROW, WIDE, OpenWindow
from tests.conftest import ROOT
from tests.e2e.conftest import HEEDING_CTRL_C, Project, copy_project
from tests.service.conftest import wait_until

HOSTILE_NAME = "<img src=x onerror=alert(1)>.csv"
HOSTILE_DEVELOPER = "<script>alert(2)</script>"
STEPS = ("ingest", "split", "bag_of_words", "evaluate_bag_of_words", "compare", "register", "gate")
PATIENCE = 60_000


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = copy_project(tmp_path_factory.mktemp("dashboards"))
    data = project.root / HOSTILE_NAME
    shutil.copy(ROOT / "data" / "sample_reviews.csv", data)
    chosen = ("--only", "bag_of_words", "--only", "tfidf_linear")
    project.run("--data", str(data), "--developer", HOSTILE_DEVELOPER, *chosen)
    return project


@pytest.fixture(scope="module")
def dashboard(project: Project) -> Iterator[dict[str, Any]]:
    yield project.json("dashboard", "--port", str(free_port(8300, only=False)))
    project.run("dashboard", "stop")


@dataclass(frozen=True)
class MlflowUi:
    process: subprocess.Popen[str]
    experiment: str
    comparison: str
    said: Path

    @property
    def server(self) -> str:
        return self.experiment.partition("/#")[0]


def serve_mlflow(project: Project) -> Iterator[MlflowUi]:
    said = project.root / "said"
    with said.open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-c", HEEDING_CTRL_C, "run.py", "mlflow-ui", "--port", str(free_port(5300, only=False))],
            cwd=project.root,
            env=project.environment | {"SSH_CONNECTION": "192.0.2.1 50000 192.0.2.2 22"},
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    assert process.stdout is not None
    yield MlflowUi(process, process.stdout.readline().strip(), process.stdout.readline().strip(), said)
    children = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) == 0
    assert not [child for child in children if child.is_running()]


@pytest.fixture(scope="module")
def mlflow_ui(project: Project) -> Iterator[MlflowUi]:
    yield from serve_mlflow(project)


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_zenml_shows_the_steps_of_the_latest_run(dashboard: dict[str, Any], open_window: OpenWindow, width: int):
    window = open_window(width)
    page = window.show(dashboard["page"])
    graph = page.locator(".react-flow")
    page.get_by_role("button", name="Fit view").click(timeout=PATIENCE)
    for step in STEPS:
        expect(graph.get_by_text(step, exact=True).first).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("completed").first).to_be_visible()
    window.picture("zenml-run", whole=False)


def test_mlflow_compares_the_candidates_of_the_latest_training(mlflow_ui: MlflowUi, open_window: OpenWindow):
    window = open_window()
    page = window.show(mlflow_ui.comparison)
    for candidate in ("bag_of_words", "tfidf_linear"):
        expect(page.get_by_text(candidate, exact=True).first).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("test_mcc", exact=True).first).to_be_attached()
    window.picture("mlflow-comparison", whole=False)


def test_the_experiment_has_a_description_and_metrics_as_columns(mlflow_ui: MlflowUi, open_window: OpenWindow):
    window = open_window()
    page = window.show(mlflow_ui.experiment)
    expect(page.get_by_text("Would the customer recommend the product?").first).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("columnheader", name="test_mcc").first).to_be_visible()
    for candidate in ("bag_of_words", "tfidf_linear"):
        expect(page.get_by_role("link", name=candidate, exact=True).first).to_be_visible()
    window.picture("mlflow-experiment", whole=False)


def test_a_candidates_page_has_its_description_its_data_and_its_plots(
    project: Project, mlflow_ui: MlflowUi, open_window: OpenWindow
):
    run = next(run for run in project.json("runs") if run["name"] == "bag_of_words")
    window = open_window()
    address, _, query = mlflow_ui.experiment.partition("?")
    page = window.show(f"{address}/{run['run_id']}?{query}")
    expect(page.get_by_text("On 583 test rows").first).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text(HOSTILE_NAME).first).to_be_visible()
    expect(page.get_by_text(HOSTILE_DEVELOPER).first).to_be_visible()
    assert page.locator("img[src='x']").count() == 0
    window.picture("mlflow-run", whole=False)
    page = window.show(f"{address}/{run['run_id']}/artifacts/plots/roc.svg?{query}")
    expect(page.get_by_alt_text("plots/roc.svg")).to_be_visible(timeout=PATIENCE)
    window.picture("mlflow-plot", whole=False)


def test_the_registered_model_and_its_champion_say_what_they_are(
    project: Project, mlflow_ui: MlflowUi, open_window: OpenWindow
):
    champion = project.json("status")["champion"]
    window = open_window()
    model = f"{mlflow_ui.server}/#/models/customer-sentiment-analysis"
    page = window.show(model)
    expect(page.get_by_text("Would the customer recommend the product").first).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("champion").first).to_be_visible()
    window.picture("mlflow-model", whole=False)
    page = window.show(f"{model}/versions/{champion}")
    expect(page.get_by_text("On 583 test rows").first).to_be_visible(timeout=PATIENCE)
    assert page.locator("img[src='x']").count() == 0
    window.picture("mlflow-version", whole=False)


def test_the_page_of_the_champions_model_names_its_version_and_its_data(
    project: Project, mlflow_ui: MlflowUi, open_window: OpenWindow
):
    shown = project.json("registry", "show", "champion")
    experiment = mlflow_ui.experiment.partition("/runs?")[0]
    window = open_window()
    page = window.show(f"{experiment}/models/{shown['model_uri'].removeprefix('models:/')}")
    version = page.get_by_text(f"customer-sentiment-analysis v{shown['version']}")
    expect(version.first).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("Not registered")).to_have_count(0)
    expect(page.get_by_text(HOSTILE_NAME).first).to_be_visible(timeout=PATIENCE)
    assert page.locator("img[src='x']").count() == 0
    window.picture("mlflow-logged-model", whole=False)


@pytest.mark.slow
def test_training_loses_nothing_while_the_dashboard_runs_and_after_it(project: Project, dashboard: dict[str, Any]):
    project.run("--only", "bag_of_words", "--seed", "1")
    tracked = project.json("runs")
    assert sorted(run["name"] for run in tracked) == ["bag_of_words", "bag_of_words", "tfidf_linear"]
    assert [version["version"] for version in project.json("registry")] == ["3", "2", "1"]
    assert requests.get(f"{dashboard['server']}/api/v1/runs", timeout=30).json()["total"] == 2
    assert project.json("dashboard")["run"] == tracked[0]["zenml_run"]


def test_who_is_here_by_ssh_is_told_which_port_to_forward_since_mlflow_answers_under_no_other(
    project: Project, mlflow_ui: MlflowUi
):
    port = mlflow_ui.server.rpartition(":")[2]
    wait_until(lambda: f"ssh -L {port}:127.0.0.1:{port} …" in mlflow_ui.said.read_text())
    assert requests.get(mlflow_ui.server, timeout=60).ok
    forwarded = requests.get(mlflow_ui.server, headers={"host": "localhost:8080"}, timeout=60)
    assert forwarded.status_code == requests.codes.forbidden


def test_a_port_that_is_taken_is_said(project: Project, mlflow_ui: MlflowUi):
    port = mlflow_ui.server.rpartition(":")[2]
    assert f"port {port} is taken" in project.run("mlflow-ui", "--port", port, exits=2).stderr
