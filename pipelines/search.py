"""The search pipeline: ingest, split, search on training rows, train the winner, evaluate it once, register, gate."""

from __future__ import annotations

from zenml import pipeline
from zenml.enums import ExecutionMode

from pipelines.settings import RESOURCES, TRAINING
from pipelines.training import read_and_split
from sentiment.release.policy import Policy
from sentiment.search.journal import Plan
from sentiment.training.candidates import TrainingConfig
from sentiment.training.lineage import TrainingData
from steps.search.conclude import conclude
from steps.search.open_run import open_search
from steps.search.search import search
from steps.shared.tracking import mark_pipeline_run_failed
from steps.training.compare import compare
from steps.training.evaluate import evaluate
from steps.training.gate import gate
from steps.training.register import register
from steps.training.report import report
from steps.training.train import train

NAME = "customer_sentiment_search"


@pipeline(
    name=NAME,
    on_failure=mark_pipeline_run_failed,
    execution_mode=ExecutionMode.STOP_ON_FAILURE,
    settings=RESOURCES,
)
def searching(
    plan: Plan,
    config: TrainingConfig,
    policy: Policy,
    data: TrainingData,
    encoding: str,
    tags: dict[str, str],
    journal: str,
    trials: int,
    workers: int,
    minutes: float | None,
    promote: bool,
) -> None:
    """Search for a better candidate than `plan` begins with, and treat it as a training treats its best.

    Args:
        plan: What is searched.
        config: Of the training: how rows are split, with which seed the winner is trained.
        policy: Of the gate.
        data: The file of reviews.
        encoding: The encoding of the file, where it is text.
        tags: For every MLflow run.
        journal: Path of the file that finished trials are kept in.
        trials: In all.
        workers: Processes.
        minutes: After which no further trial begins.
        promote: Put the winner to the gate; else it stays in Staging.
    """
    training_rows, validation_rows, test_rows = read_and_split(config, data, encoding)
    run, experiment = open_search(plan=plan, data=data, tags=tags, id="open_run")
    found, candidate = search.with_options(settings=TRAINING)(
        plan=plan,
        training_rows=training_rows,
        pipeline_run=run,
        journal=journal,
        trials=trials,
        workers=workers,
        minutes=minutes,
    )
    model, candidate_run = train.with_options(enable_cache=False, settings=TRAINING)(
        candidate=candidate,
        training_rows=training_rows,
        validation_rows=validation_rows,
        pipeline_run=run,
        experiment=experiment,
        seed=config.seed,
    )
    evaluation, evidence = evaluate.with_options(enable_cache=False, settings=TRAINING)(
        candidate=candidate,
        model=model,
        run=candidate_run,
        validation_rows=validation_rows,
        test_rows=test_rows,
        seed=config.seed,
    )
    ranking, _, _ = compare.with_options(enable_cache=False)(evidence=[evidence], metric=config.selection_metric)
    reported = report(runs=[candidate_run], evaluations=[evaluation], ranking=ranking, pipeline_run=run)
    conclude(plan=plan, search=found, report=reported)
    registered = register(
        runs=[candidate_run],
        evaluations=[evaluation],
        ranking=ranking,
        pipeline_run=run,
        training_rows=training_rows,
        validation_rows=validation_rows,
        test_rows=test_rows,
        policy=policy.model_dump(),
    )
    if promote:
        gate(registered=registered, test_rows=test_rows, pipeline_run=run, policy=policy.model_dump())
