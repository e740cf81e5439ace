"""Train one candidate and record it."""

from __future__ import annotations

from typing import Annotated

import pandas as pd
from zenml import log_metadata, step

from materializers.facts import facts
from materializers.text_model import TextModelMaterializer
from sentiment.models.text_model import TextModel
from sentiment.tracking.runs.recording import train_candidate
from sentiment.training.candidates import Candidate
from sentiment.training.lineage import CandidateRun, PipelineRun
from steps.shared.tracking import run_store


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
    model, run = train_candidate(run_store(), pipeline_run, candidate, training_rows, validation_rows, seed=seed)
    seconds = round(run.fit_seconds, 3)
    log_metadata(facts({"mlflow_run_id": run.run_id, "fit_seconds": seconds, "model_bytes": run.files.size}))
    return model, run
