"""What the steps need of the active stack's experiment tracker."""

from __future__ import annotations

from pathlib import Path

from zenml import get_step_context
from zenml.client import Client
from zenml.config.base_settings import SettingsOrDict
from zenml.integrations.mlflow.experiment_trackers import MLFlowExperimentTracker
from zenml.integrations.mlflow.experiment_trackers.mlflow_experiment_tracker import LOCAL_MLFLOW_ARTIFACTS_DIRECTORY
from zenml.logger import get_logger

from sentiment.tracking import EXPERIMENT
from sentiment.tracking.runs.store import RunStore
from sentiment.tracking.ui import is_server
from sentiment.training.lineage import PipelineRun
from stack_config.object_store import let_mlflow_in, require_object_store
from steps.shared.stack import active_component

logger = get_logger(__name__)

TRACKER_SETTINGS: dict[str, SettingsOrDict] = {"experiment_tracker.mlflow": {"experiment_name": EXPERIMENT}}
PIPELINE_RUN = "pipeline_run"
_SQLITE = "sqlite:///"


def run_store() -> RunStore:
    """Open the store of the active stack's experiment tracker, with its credentials.

    Raises:
        ConfigError: The stack has no MLflow experiment tracker.
        TrackingError: Its object store, where it has one, is not there.
    """
    tracker = active_component("experiment_tracker", MLFlowExperimentTracker)
    tracker.configure_mlflow()
    address, store = tracker.get_tracking_uri(), require_object_store()
    if store is None:
        return RunStore(address, files=_files_beside(address))
    return RunStore(address, files=None if is_server(address) else let_mlflow_in(store))


def _files_beside(address: str) -> str | None:
    """Say where MLflow is to keep files if the path has a ``#``: ZenML does not quote it, and an address ends there."""
    folder = Path(address.removeprefix(_SQLITE)).parent / LOCAL_MLFLOW_ARTIFACTS_DIRECTORY
    return folder.as_uri() if address.startswith(_SQLITE) and "#" in str(folder) else None


def mark_pipeline_run_failed(error: BaseException) -> None:
    """Mark the MLflow run of this pipeline run as failed; a hook for every step that comes after it was opened."""
    opened = Client().get_pipeline_run(get_step_context().pipeline_run.id).steps.get("open_run")
    if opened is None or PIPELINE_RUN not in opened.outputs:
        return
    run: PipelineRun = opened.outputs[PIPELINE_RUN][0].load()
    logger.info("Marking MLflow run %s as failed: %s", run.run_id, error)
    run_store().mark(run.run_id, "FAILED")


def settle_interrupted(store: RunStore) -> None:
    """Mark the MLflow runs as failed whose pipeline runs have ended: the store was away when they should have been."""
    for run_id, zenml_run in store.unfinished().items():
        try:
            pipeline_run = Client().get_pipeline_run(zenml_run, allow_name_prefix_match=False, hydrate=False)
        except (KeyError, ValueError):  # somebody else's, or not a training's
            continue
        if pipeline_run.status.is_finished:
            store.mark(run_id, "FAILED")
