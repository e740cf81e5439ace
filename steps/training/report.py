"""Close the pipeline's MLflow run with links to every candidate's."""

from __future__ import annotations

from typing import Annotated

from zenml import step

from sentiment.evaluation.comparison import Evaluation, Ranking
from sentiment.evaluation.report import CandidateEntry, TrainingReport
from sentiment.training.lineage import CandidateRun, PipelineRun
from steps.shared.tracking import run_store


@step(enable_cache=False)
def report(
    runs: list[CandidateRun], evaluations: list[Evaluation], ranking: Ranking, pipeline_run: PipelineRun
) -> Annotated[TrainingReport, "report"]:
    """Gather what was trained here and what came from the cache; never cached itself."""
    store = run_store()
    entries = {
        evaluation.name: CandidateEntry(
            evaluation=evaluation,
            run_id=run.run_id,
            model_uri=run.files.model_uri,
            cached=run.zenml_run != pipeline_run.zenml_run,
        )
        for run, evaluation in zip(runs, evaluations, strict=True)
    }
    gathered = TrainingReport(
        parent_run_id=pipeline_run.run_id,
        experiment_id=store.experiment_id(),
        zenml_run=pipeline_run.zenml_run,
        data=pipeline_run.data,
        ranking=ranking,
        entries=tuple(entries[name] for name in ranking.ordered),
    )
    store.close_pipeline_run(gathered)
    return gathered
