"""The training pipeline: ingest, split, train and evaluate each candidate, compare, report, register, gate."""

from __future__ import annotations

from typing import Any

from zenml import pipeline
from zenml.enums import ExecutionMode

from pipelines.caching import cached_by
from pipelines.settings import RESOURCES, TRAINING
from sentiment import text
from sentiment.models import families
from sentiment.release.policy import Policy
from sentiment.reviews.schema import Schema
from sentiment.training.candidates import Candidate, TrainingConfig
from sentiment.training.lineage import TrainingData
from steps.shared.tracking import PIPELINE_RUN, mark_pipeline_run_failed
from steps.training.compare import compare
from steps.training.evaluate import evaluate
from steps.training.gate import gate
from steps.training.ingest import ingest
from steps.training.open_run import open_run
from steps.training.register import register
from steps.training.report import report
from steps.training.split import split
from steps.training.train import train

NAME = "customer_sentiment_training"


@pipeline(
    name=NAME,
    on_failure=mark_pipeline_run_failed,
    execution_mode=ExecutionMode.STOP_ON_FAILURE,  # what is recorded nowhere is not worth fitting
    settings=RESOURCES,
)
def training(config: TrainingConfig, policy: Policy, data: TrainingData, encoding: str, tags: dict[str, str]) -> None:
    """Train, evaluate and compare the candidates of `config`.

    Args:
        config: What is trained.
        policy: Of the gate.
        data: The CSV, with the digest it had when the run was started.
        encoding: Of the CSV.
        tags: For every MLflow run: developer, git commit and the like.
    """
    parts = read_and_split(config, data, encoding)
    run, experiment = open_run(data=data, tags=tags)
    trained = [_candidate(candidate, parts, run, experiment, config.seed) for candidate in config.candidates]
    runs, evaluations, evidence = (list(outputs) for outputs in zip(*trained, strict=True))
    ranking, _, _ = compare.with_options(cache_policy=cached_by("sentiment.evaluation.leaderboard"))(
        evidence=evidence, metric=config.selection_metric
    )
    report(runs=runs, evaluations=evaluations, ranking=ranking, pipeline_run=run)
    training_rows, validation_rows, test_rows = parts
    registered = register(
        runs=runs,
        evaluations=evaluations,
        ranking=ranking,
        pipeline_run=run,
        training_rows=training_rows,
        validation_rows=validation_rows,
        test_rows=test_rows,
        policy=policy.model_dump(),
    )
    gate(registered=registered, test_rows=test_rows, pipeline_run=run, policy=policy.model_dump())


def read_and_split(config: TrainingConfig, data: TrainingData, encoding: str) -> Any:
    """Wire the steps that read the CSV and split its rows; gives the training, validation and test rows."""
    reviews, _ = ingest.with_options(cache_policy=cached_by("sentiment.reviews.reading"))(
        path=data.source, name=data.name, sha256=data.sha256, encoding=encoding, schema=Schema(**data.read_as)
    )
    return split.with_options(cache_policy=cached_by("sentiment.reviews.splits"))(
        reviews=reviews, validation_share=config.validation_share, seed=config.seed
    )


def _candidate(candidate: Candidate, parts: Any, run: Any, experiment: Any, seed: int) -> tuple[Any, Any, Any]:
    """Wire one candidate's two steps, which are named after it; gives its run, evaluation and evidence."""
    training_rows, validation_rows, test_rows = parts
    code = cached_by(
        families.module_name(candidate.family),
        text.module_name(candidate.recipe),
        ignored_inputs=[PIPELINE_RUN],
    )
    model, candidate_run = train.with_options(cache_policy=code, settings=TRAINING)(
        candidate=candidate,
        training_rows=training_rows,
        validation_rows=validation_rows,
        pipeline_run=run,
        experiment=experiment,
        seed=seed,
        id=candidate.name,
    )
    scoring = cached_by(
        "sentiment.evaluation.evaluate",
        "sentiment.evaluation.evidence",
        "sentiment.release.registration",
        "sentiment.reports.pictures",
    )
    evaluation, evidence = evaluate.with_options(cache_policy=scoring, settings=TRAINING)(
        candidate=candidate,
        model=model,
        run=candidate_run,
        validation_rows=validation_rows,
        test_rows=test_rows,
        seed=seed,
        id=f"evaluate_{candidate.name}",
    )
    return candidate_run, evaluation, evidence
