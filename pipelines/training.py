"""The training pipeline: ingest, split, train and evaluate each candidate, compare, report, register, gate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from zenml import pipeline
from zenml.config.cache_policy import CachePolicy
from zenml.enums import ExecutionMode

from pipelines.caching import cached_by
from pipelines.settings import RESOURCES, TRAINING
from sentiment import text
from sentiment.models import families
from sentiment.release.policy import Policy
from sentiment.reviews.schema import Schema
from sentiment.spark.session import Cluster
from sentiment.training.candidates import Candidate, TrainingConfig
from sentiment.training.lineage import TrainingData
from steps.shared.tracking import PIPELINE_RUN, mark_pipeline_run_failed
from steps.training.by_spark import split_by_spark, train_by_spark
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
CLUSTER = "cluster"
"""Input of steps that does not change what they give."""
Fit = Callable[[Candidate, Any, Any], Any]
"""Wires the training of a candidate below an MLflow run of an experiment; gives its model and its run."""


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
        data: The file of reviews, with the digest it had when the run was started.
        encoding: The encoding of the file, where it is text.
        tags: For every MLflow run: developer, git commit and the like.
    """
    parts = read_and_split(config, data, encoding)
    training_rows, validation_rows, _ = parts

    def fit(candidate: Candidate, run: Any, experiment: Any) -> Any:
        return train.with_options(cache_policy=_code_of(candidate), settings=TRAINING)(
            candidate=candidate,
            training_rows=training_rows,
            validation_rows=validation_rows,
            pipeline_run=run,
            experiment=experiment,
            seed=config.seed,
            id=candidate.name,
        )

    _trained_and_judged(config, policy, data, tags, parts, fit)


@pipeline(
    name=f"{NAME}_by_spark",
    on_failure=mark_pipeline_run_failed,
    execution_mode=ExecutionMode.STOP_ON_FAILURE,
    settings=RESOURCES,
)
def training_by_spark(
    config: TrainingConfig, policy: Policy, data: TrainingData, encoding: str, tags: dict[str, str], cluster: Cluster
) -> None:
    """Train the candidates of `config` on a Spark cluster, on rows that no memory holds; each step is Spark's driver.

    Args:
        config: What is trained.
        policy: Of the gate.
        data: Files that are at the same path on every machine.
        encoding: Of files that are text.
        tags: As in `training`.
        cluster: Where the work is done.
    """
    surveyed, *parts = split_by_spark.with_options(
        cache_policy=cached_by("sentiment.spark.training", ignored_inputs=[CLUSTER])
    )(
        path=data.source,
        sha256=data.sha256,
        encoding=encoding,
        schema=Schema(**data.read_as),
        validation_share=config.validation_share,
        seed=config.seed,
        cluster=cluster,
        id="split",
    )

    def fit(candidate: Candidate, run: Any, experiment: Any) -> Any:
        code = _code_of(candidate, "sentiment.spark.training", ignored_inputs=[CLUSTER])
        return train_by_spark.with_options(cache_policy=code)(
            candidate=candidate,
            surveyed=surveyed,
            pipeline_run=run,
            experiment=experiment,
            seed=config.seed,
            cluster=cluster,
            id=candidate.name,
        )

    _trained_and_judged(config, policy, data, tags, parts, fit)


def _trained_and_judged(
    config: TrainingConfig, policy: Policy, data: TrainingData, tags: dict[str, str], parts: Any, fit: Fit
) -> None:
    """Wire all that comes after the rows: training, evaluation, comparison, the registry and the gate."""
    run, experiment = open_run(data=data, tags=tags)
    trained = [
        _candidate(candidate, parts, fit(candidate, run, experiment), config.seed) for candidate in config.candidates
    ]
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
    """Wire the steps that read the file and split its rows; gives the training, validation and test rows."""
    reviews, _ = ingest.with_options(cache_policy=cached_by("sentiment.reviews.reading"))(
        path=data.source, name=data.name, sha256=data.sha256, encoding=encoding, schema=Schema(**data.read_as)
    )
    return split.with_options(cache_policy=cached_by("sentiment.reviews.splits"))(
        reviews=reviews, validation_share=config.validation_share, seed=config.seed
    )


def _code_of(candidate: Candidate, *modules: str, ignored_inputs: list[str] | None = None) -> CachePolicy:
    """Name the code that a candidate's training depends on."""
    return cached_by(
        families.module_name(candidate.family),
        text.module_name(candidate.recipe),
        *modules,
        ignored_inputs=[PIPELINE_RUN, *(ignored_inputs or [])],
    )


def _candidate(candidate: Candidate, parts: Any, trained: Any, seed: int) -> tuple[Any, Any, Any]:
    """Wire the evaluation of one candidate, in a step named after it; gives its run, evaluation and evidence."""
    _, validation_rows, test_rows = parts
    model, candidate_run = trained
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
