"""Where a person looks at a run."""

from __future__ import annotations

import json

from zenml.client import Client
from zenml.models import PipelineRunResponse
from zenml.utils.dashboard_utils import get_run_url

from pipelines import search, training, zenml_server
from sentiment.evaluation.report import TrainingReport
from sentiment.service.loopback import HOST
from sentiment.tracking import pages, ui
from steps.shared.tracking import run_store


def where_to_look(report: TrainingReport) -> list[str]:
    """Name the two commands that open the dashboards, with their addresses for this run."""
    store = run_store().tracking_uri
    mlflow = store if ui.is_server(store) else f"http://{HOST}:{ui.PORT}"
    run = Client().get_pipeline_run(report.zenml_run)
    zenml = zenml_server.running_server() or f"http://{HOST}:{zenml_server.PORT}"
    return [
        "Compare the candidates in MLflow: python run.py mlflow-ui",
        f"  {mlflow}{pages.run_page(report.experiment_id, report.parent_run_id)}",
        "See the steps in ZenML: python run.py dashboard",
        f"  {page_of(run, zenml)}",
    ]


def page_of(run: PipelineRunResponse, server: str) -> str:
    """Name a run's page on this machine's server, or on the team's where ZenML is connected to one."""
    if zenml_server.team_server() is not None and (page := get_run_url(run)) is not None:
        return page
    return f"{server}/projects/{Client().active_project.name}/runs/{run.id}"


def latest_training_run() -> PipelineRunResponse | None:
    """Find the newest run that trained, a search's too; None when there is none yet."""
    names = f"oneof:{json.dumps([training.NAME, search.NAME])}"
    runs = Client().list_pipeline_runs(pipeline_name=names, sort_by="desc:created", size=1)
    return runs.items[0] if runs.items else None
