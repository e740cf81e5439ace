"""Train one candidate and record it."""

from __future__ import annotations

from typing import Annotated

import pandas as pd
from zenml import log_metadata, step

from materializers.text_model import TextModelMaterializer
from sentiment.candidates import Candidate
from sentiment.lineage import CandidateRun, PipelineRun
from sentiment.model import TextModel
from sentiment.tracking.recording import train_candidate
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
    model, run = train_candidate(run_store(), pipeline_run, candidate, training_rows, validation_rows, seed=seed)
    facts = {"fit_seconds": round(run.fit_seconds, 3), "model_bytes": run.files.size}
    log_metadata({"mlflow_run_id": run.run_id, **facts})
    return model, run
