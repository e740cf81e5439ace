"""What a person sees of a search in ZenML's dashboard and in MLflow."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from sentiment.service.loopback import free_port
from tests.browser.conftest import OpenWindow
from tests.browser.test_dashboards import PATIENCE, MlflowUi, serve_mlflow
from tests.e2e.conftest import Project, copy_project
from tests.e2e.test_search import mlflow_runs

SPACE = """
start: linear_blend
folds: 2
trials: 6
families:
  nb_linear:
    recipe: negation
    params: {c: {low: 0.5, high: 50.0, log: true}}
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = copy_project(tmp_path_factory.mktemp("searched"))
    (project.root / "space.yaml").write_text(SPACE)
    project.run("search", "--data", "sample", "--space", "space.yaml", "--name", "shown")
    return project


@pytest.fixture(scope="module")
def mlflow_ui(project: Project) -> Iterator[MlflowUi]:
    yield from serve_mlflow(project)


@pytest.mark.slow
def test_zenml_shows_the_page_of_the_latest_search(project: Project, open_window: OpenWindow):
    opened = project.json("dashboard", "--port", str(free_port(8300, only=False)))
    try:
        assert opened["run"].startswith("customer_sentiment_search")
        window = open_window()
        page = window.show(opened["page"])
        page.get_by_role("button", name="Fit view").click(timeout=PATIENCE)
        page.locator(".react-flow").get_by_text("Search", exact=True).first.click(timeout=PATIENCE)
        page.get_by_role("tab", name="Visualization").last.click()
        page.get_by_role("button", name="Load Preview").click(timeout=PATIENCE)
        shown = page.frame_locator("iframe").first
        expect(shown.get_by_text("linear_blend").first).to_be_visible(timeout=PATIENCE)
        expect(shown.get_by_text("nb_linear").first).to_be_visible()
        window.picture("zenml-search", whole=False)
    finally:
        project.run("dashboard", "stop")


@pytest.mark.slow
def test_mlflow_shows_a_search_with_its_trials_below_it_and_its_pictures(
    project: Project, mlflow_ui: MlflowUi, open_window: OpenWindow
):
    (search,) = mlflow_runs(project, "search")
    window = open_window()
    address, _, query = mlflow_ui.experiment.partition("?")
    page = window.show(f"{address}/{search['id']}?{query}")
    expect(page.get_by_text("linear_blend").first).to_be_visible(timeout=PATIENCE)
    window.picture("mlflow-search", whole=False)
    page = window.show(f"{address}/{search['id']}/artifacts/search/best_so_far.svg?{query}")
    expect(page.get_by_alt_text("search/best_so_far.svg")).to_be_visible(timeout=PATIENCE)
    window.picture("mlflow-search-picture", whole=False)
