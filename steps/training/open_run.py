"""Open the MLflow run that stands for this pipeline run."""

from __future__ import annotations

from typing import Annotated

from zenml import get_step_context, log_metadata, step

from sentiment.tracking.runs.store import active_run_id
from sentiment.training.lineage import PipelineRun, TrainingData
from steps.shared.tracking import PIPELINE_RUN, TRACKER_SETTINGS, run_store, settle_interrupted
from steps.shared.zenml_overrides import override_zenml


@step(enable_cache=False, experiment_tracker=True, settings=TRACKER_SETTINGS)
def open_run(
    data: TrainingData, tags: dict[str, str]
) -> tuple[Annotated[PipelineRun, PIPELINE_RUN], Annotated[str, "experiment"]]:
    """Tag the run that ZenML has just opened; it becomes the parent of the candidates' runs.

    The only step that ZenML tracks: tracked steps that run side by side would each open a parent of their own.

    Args:
        data: What the pipeline run was started with.
        tags: What every run of this pipeline run carries: developer, git commit, data.

    Returns:
        The run, and which experiment of which store it is in: what was trained elsewhere is no use here.
    """
    override_zenml()
    name = get_step_context().pipeline_run.name
    run = PipelineRun(run_id=active_run_id(), zenml_run=name, data=data, tags=tags)
    store = run_store()
    store.introduce(run)
    settle_interrupted(store)
    log_metadata({"mlflow_run_id": run.run_id})
    return run, store.identity()
