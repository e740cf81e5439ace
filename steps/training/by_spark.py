"""Training on a Spark cluster: the steps that read, split and train; all others are those of every training."""

from __future__ import annotations

from typing import Annotated

import pandas as pd
from zenml import log_metadata, step

from materializers.facts import facts
from materializers.reviews_frame import ReviewsMaterializer
from materializers.text_model import TextModelMaterializer
from sentiment.models.text_model import TextModel
from sentiment.reviews.schema import Schema
from sentiment.spark.rows import Side
from sentiment.spark.session import Cluster
from sentiment.spark.training import Surveyed, survey_on_spark, train_on_spark
from sentiment.tracking.runs.recording import record_training
from sentiment.training.candidates import Candidate
from sentiment.training.lineage import CandidateRun, PipelineRun
from steps.shared.tracking import run_store


@step(
    output_materializers={
        "training_rows": ReviewsMaterializer,
        "validation_rows": ReviewsMaterializer,
        "test_rows": ReviewsMaterializer,
    }
)
def split_by_spark(
    path: str,
    sha256: str,  # noqa: ARG001  (changed files are another input)
    encoding: str,
    schema: Schema,
    validation_share: float,
    seed: int,
    cluster: Cluster,
) -> tuple[
    Annotated[Surveyed, "surveyed"],
    Annotated[pd.DataFrame, "training_rows"],
    Annotated[pd.DataFrame, "validation_rows"],
    Annotated[pd.DataFrame, "test_rows"],
]:
    """Check all rows, decide by their texts which train, choose and test, and bring at most 50,000 of each here."""
    surveyed, samples = survey_on_spark(
        path, cluster, read_as=schema, encoding=encoding, validation_share=validation_share, seed=seed
    )
    counts = {side.name.lower(): surveyed.found.with_text[side] for side in Side}
    log_metadata(facts({"rows": surveyed.found.rows, **counts, "spark_master": cluster.master}))
    return surveyed, samples[Side.TRAINING], samples[Side.VALIDATION], samples[Side.TEST]


@step(output_materializers={"model": TextModelMaterializer})
def train_by_spark(
    candidate: Candidate,
    surveyed: Surveyed,
    pipeline_run: PipelineRun,
    experiment: str,  # noqa: ARG001  (what is cached depends on where it was recorded)
    seed: int,
    cluster: Cluster,
) -> tuple[Annotated[TextModel, "model"], Annotated[CandidateRun, "run"]]:
    """Fit the candidate on all training rows of the cluster, inside an MLflow run of its own, below the pipeline's."""
    model, run = record_training(
        run_store(),
        pipeline_run,
        candidate,
        lambda: train_on_spark(candidate, surveyed, cluster),
        rows=surveyed.found.with_text[Side.TRAINING],
        has_ratings=surveyed.found.has_ratings,
        seed=seed,
    )
    seconds = round(run.fit_seconds, 3)
    told = {"mlflow_run_id": run.run_id, "fit_seconds": seconds, "model_bytes": run.files.size}
    log_metadata(facts({**told, "spark_master": cluster.master}))
    return model, run
