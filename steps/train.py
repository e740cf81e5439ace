"""Train one candidate and record it."""

from __future__ import annotations

from time import perf_counter
from typing import Annotated

import pandas as pd
from zenml import log_metadata, step

from materializers.text_model import TextModelMaterializer
from sentiment.candidates import Candidate
from sentiment.known_answers import known_answers
from sentiment.lineage import CandidateRun, PipelineRun
from sentiment.model import TextModel
from sentiment.reviews import examples
from steps.tracking import run_store


@step(output_materializers={"model": TextModelMaterializer})
def train(
    candidate: Candidate,
    training_rows: pd.DataFrame,
    validation_rows: pd.DataFrame,
    pipeline_run: PipelineRun,
    experiment: str,  # noqa: ARG001  (what is cached depends on where it was recorded)
    seed: int,
) -> tuple[Annotated[TextModel, "model"], Annotated[CandidateRun, "run"]]:
    """Fit the candidate on the training rows inside an MLflow run of its own, below the pipeline's."""
    store = run_store()
    store.mark(pipeline_run.run_id, "RUNNING")
    with store.candidate_run(pipeline_run, candidate, rows=len(training_rows), seed=seed) as run_id:
        candidate.prepare()
        started = perf_counter()
        fitted = candidate.fit(examples(training_rows), examples(validation_rows), seed)
        seconds = perf_counter() - started
        store.log_history(run_id, fitted.history)
        files = store.log_model(run_id, candidate.name, fitted.model)
        store.log_metrics(run_id, {"fit_seconds": seconds, "model_bytes": files.size})
    log_metadata({"mlflow_run_id": run_id, "fit_seconds": round(seconds, 3), "model_bytes": files.size})
    return fitted.model, CandidateRun(
        run_id=run_id,
        parent_run_id=pipeline_run.run_id,
        data=pipeline_run.data,
        files=files,
        fit_seconds=seconds,
        known_answers=known_answers(fitted.model),
        zenml_run=pipeline_run.zenml_run,
    )
