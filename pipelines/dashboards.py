"""Where a person looks at a run."""

from __future__ import annotations

from zenml.client import Client

from sentiment.training_report import TrainingReport
from steps.tracking import run_store

MLFLOW_UI_PORT = 5000
ZENML_UI = "http://127.0.0.1:8237"


def where_to_look(report: TrainingReport) -> list[str]:
    """Name the two commands that open the dashboards, with their addresses for this run."""
    store = run_store().tracking_uri
    client = Client()
    run = client.get_pipeline_run(report.zenml_run)
    page = f"http://127.0.0.1:{MLFLOW_UI_PORT}/#/experiments/{report.experiment_id}/runs/{report.parent_run_id}"
    opens_mlflow = f"mlflow ui --backend-store-uri {store} --port {MLFLOW_UI_PORT}" if "://" in store else store
    return [
        "Compare the runs in MLflow:",
        f"  .venv/bin/{opens_mlflow}",
        f"  {page}",
        "See the pipeline in ZenML:",
        "  .venv/bin/zenml login --local",
        f"  {ZENML_UI}/projects/{client.active_project.name}/runs/{run.id}",
    ]
