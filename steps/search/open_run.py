"""Open the MLflow run that stands for a search."""

from __future__ import annotations

from typing import Annotated

from zenml import get_step_context, log_metadata, step

from sentiment.search.journal import Plan
from sentiment.training.lineage import PipelineRun, TrainingData
from steps.shared.search import search_runs
from steps.shared.tracking import PIPELINE_RUN, run_store, settle_interrupted
from steps.shared.zenml_overrides import override_zenml


@step(enable_cache=False)
def open_search(
    plan: Plan, data: TrainingData, tags: dict[str, str]
) -> tuple[Annotated[PipelineRun, PIPELINE_RUN], Annotated[str, "experiment"]]:
    """Open the search's run, or go on with the one that it has: a search that is resumed stays one run."""
    override_zenml()
    name = get_step_context().pipeline_run.name
    run_id = search_runs(plan).open(name, tags)
    store = run_store()
    settle_interrupted(store)
    log_metadata({"mlflow_run_id": run_id, "search": plan.name})
    return PipelineRun(run_id=run_id, zenml_run=name, data=data, tags=tags), store.identity()
