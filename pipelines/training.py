"""The training pipeline: ingest, split, train and evaluate each candidate, compare, report, register, gate."""

from __future__ import annotations

from typing import Any

from zenml import pipeline
from zenml.enums import ExecutionMode

from pipelines.caching import cached_by
from pipelines.settings import RESOURCES, TRAINING
from sentiment import families, text
from sentiment.candidates import Candidate, TrainingConfig
from sentiment.lineage import TrainingData
from sentiment.promotion import Policy
from steps.compare import compare
from steps.evaluate import evaluate
from steps.gate import gate
from steps.ingest import ingest
from steps.open_run import open_run
from steps.register import register
from steps.report import report
from steps.split import split
from steps.tracking import PIPELINE_RUN, mark_pipeline_run_failed
from steps.train import train

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
    reviews, _ = ingest.with_options(cache_policy=cached_by("sentiment.reviews"))(
        path=data.source, name=data.name, sha256=data.sha256, encoding=encoding
    )
    parts = split.with_options(cache_policy=cached_by("sentiment.splits"))(
        reviews=reviews, validation_share=config.validation_share, seed=config.seed
    )
    run, experiment = open_run(data=data, tags=tags)
    trained = [_candidate(candidate, parts, run, experiment, config.seed) for candidate in config.candidates]
    runs, evaluations, evidence = (list(outputs) for outputs in zip(*trained, strict=True))
    ranking, _, _ = compare.with_options(cache_policy=cached_by("sentiment.standings"))(
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
        "sentiment.evaluation", "sentiment.evidence", "sentiment.registration", "sentiment.pages.pictures"
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
