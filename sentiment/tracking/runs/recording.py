"""Training and scoring one candidate, each recorded in its MLflow run as it happens."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from time import perf_counter

import pandas as pd

from sentiment.evaluation.comparison import Evaluation
from sentiment.evaluation.evaluate import evaluate_model
from sentiment.evaluation.evidence import Evidence, gather_evidence
from sentiment.models.known_answers import known_answers
from sentiment.models.text_model import TextModel
from sentiment.release.registration import SEEN_FILE, SEEN_FOLDER, describe_version
from sentiment.reports.pictures import picture_files
from sentiment.reviews.reading import examples
from sentiment.reviews.seen import as_bytes, fingerprints
from sentiment.tracking.runs.store import RunStore
from sentiment.training.candidates import Candidate
from sentiment.training.lineage import CandidateRun, PipelineRun
from sentiment.training.trained import Trained


def train_candidate(
    store: RunStore,
    parent: PipelineRun,
    candidate: Candidate,
    training_rows: pd.DataFrame,
    validation_rows: pd.DataFrame,
    *,
    seed: int,
) -> tuple[TextModel, CandidateRun]:
    """Fit a candidate inside a run of its own, below its pipeline run's.

    Args:
        store: Where to.
        parent: Of the whole pipeline run.
        candidate: What is trained.
        training_rows: A frame of reviews.
        validation_rows: For what the family does with them.
        seed: Of the fit.
    """
    train, validation = examples(training_rows), examples(validation_rows)

    def fit() -> Trained:
        candidate.prepare()
        started = perf_counter()
        fitted = candidate.fit(train, validation, seed)
        seconds = perf_counter() - started
        return Trained(fitted, seconds, fingerprints([*training_rows["review"], *validation_rows["review"]]))

    has_ratings = train.ratings is not None
    return record_training(store, parent, candidate, fit, rows=len(training_rows), has_ratings=has_ratings, seed=seed)


def record_training(
    store: RunStore,
    parent: PipelineRun,
    candidate: Candidate,
    fit: Callable[[], Trained],
    *,
    rows: int,
    has_ratings: bool,
    seed: int,
) -> tuple[TextModel, CandidateRun]:
    """Train a candidate, however and wherever, inside a run of its own; see `train_candidate`.

    Args:
        store: Where to.
        parent: Of the whole pipeline run.
        candidate: What is trained.
        fit: Trains it.
        rows: Training rows.
        has_ratings: Whether there are ratings that it could learn from.
        seed: Of the fit.
    """
    store.mark(parent.run_id, "RUNNING")
    with store.candidate_run(parent, candidate, rows=rows, seed=seed) as run_id:
        learned_from = "labels and ratings" if candidate.reads_ratings and has_ratings else "labels"
        store.tag(run_id, {"learned_from": learned_from})
        trained = fit()
        model = trained.fitted.model
        store.log_history(run_id, trained.fitted.history)
        files = store.log_model(run_id, candidate.name, model)
        sha256 = ""
        if trained.known is not None:
            seen = as_bytes(trained.known)
            store.log_files(run_id, {SEEN_FILE: seen}, SEEN_FOLDER)
            sha256 = hashlib.sha256(seen).hexdigest()
        store.log_metrics(run_id, {"fit_seconds": trained.seconds, "model_bytes": files.size, **trained.metrics})
    return model, CandidateRun(
        run_id=run_id,
        parent_run_id=parent.run_id,
        data=parent.data,
        files=files,
        fit_seconds=trained.seconds,
        known_answers=known_answers(model),
        zenml_run=parent.zenml_run,
        seen_texts_sha256=sha256,
    )


def evaluate_candidate(
    store: RunStore,
    candidate: Candidate,
    run: CandidateRun,
    model: TextModel,
    validation_rows: pd.DataFrame,
    test_rows: pd.DataFrame,
    *,
    seed: int,
) -> tuple[Evaluation, Evidence]:
    """Score a trained candidate; metrics, description and pictures go to the run that trained it.

    Args:
        store: Has the run.
        candidate: What was trained.
        run: That trained it.
        model: The trained pair.
        validation_rows: Chose among candidates.
        test_rows: Are scored once.
        seed: Of the intervals.
    """
    test = examples(test_rows)
    started = perf_counter()
    probabilities = model.predict_proba(test.documents)
    microseconds = (perf_counter() - started) / len(test.documents) * 1e6
    evaluation = evaluate_model(
        candidate,
        run,
        model,
        examples(validation_rows),
        test,
        probabilities,
        test_row_numbers=test_rows["row"].tolist(),
        microseconds_per_review=microseconds,
        seed=seed,
    )
    evidence = gather_evidence(evaluation, model, test_rows, probabilities)
    store.log_metrics(run.run_id, evaluation.flat(), run)
    store.describe(run.run_id, describe_version(evaluation, run.data, run))
    store.log_files(run.run_id, picture_files(evidence), "plots")
    return evaluation, evidence
