"""Starting a pipeline, and what to tell the person who did."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from pydantic import BaseModel
from zenml.client import Client
from zenml.enums import ExecutionStatus
from zenml.models import StepRunResponse

from pipelines.training import NAME, training
from sentiment.candidates import TrainingConfig
from sentiment.errors import StepFailedError
from sentiment.lineage import TrainingData
from sentiment.promotion import Decision, Policy
from sentiment.registration import Registered
from sentiment.training_report import TrainingReport
from steps.tracking import run_store

MLFLOW_UI_PORT = 5000
_RAISED = re.compile(r"^(?:[\w.]+\.)?(?P<name>\w+(?:Error|Exception|Interrupt|Exit|Warning)\b)", re.MULTILINE)
"""The line of a traceback that names the exception: it alone is not indented."""
ZENML_UI = "http://127.0.0.1:8237"


class Outcome(BaseModel):
    """What a training run leads to."""

    report: TrainingReport
    registered: Registered
    decision: Decision


def launch_training(
    config: TrainingConfig, policy: Policy, data: TrainingData, *, encoding: str, tags: dict[str, str], use_cache: bool
) -> Outcome:
    """Run the training pipeline on the active stack and wait for it.

    Raises:
        StepFailedError: A step failed; the message names it.
    """
    name = f"{NAME}-{datetime.now(UTC):%Y-%m-%d-%H-%M-%S-%f}"
    configured = training.with_options(run_name=name, enable_cache=use_cache)
    try:
        configured(config=config, policy=policy, data=data, encoding=encoding, tags=tags)
    except Exception as error:
        raise _explained(name, error) from error
    steps = Client().get_pipeline_run(name).steps
    return Outcome(
        report=steps["report"].outputs["report"][0].load(),
        registered=steps["register"].outputs["registered"][0].load(),
        decision=steps["gate"].outputs["decision"][0].load(),
    )


def _explained(run_name: str, error: Exception) -> Exception:
    """Name the failed steps and their reasons; what failed before any step began is passed on as it is."""
    try:
        steps = Client().get_pipeline_run(run_name, hydrate=True).steps
    except KeyError:
        return error
    failed = {name: _reason(step) for name, step in steps.items() if step.status == ExecutionStatus.FAILED}
    return StepFailedError(run_name, failed) if failed else error


def _reason(step: StepRunResponse) -> str:
    """What the step raised, all lines of it, without the calls that led there."""
    trace = step.exception_info.traceback.strip() if step.exception_info else ""
    raised = list(_RAISED.finditer(trace))
    return trace[raised[-1].start("name") :] if raised else trace or "no reason recorded"


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
