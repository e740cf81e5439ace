"""Score one trained candidate on rows it was not fitted on."""

from __future__ import annotations

from time import perf_counter
from typing import Annotated

import pandas as pd
from zenml import log_metadata, step

from sentiment.candidates import Candidate
from sentiment.comparison import Evaluation
from sentiment.evaluation import evaluate_model
from sentiment.evidence import Evidence, gather_evidence
from sentiment.lineage import CandidateRun
from sentiment.model import TextModel
from sentiment.pages.pictures import picture_files
from sentiment.registration import describe_version
from sentiment.reviews import examples
from steps.tracking import run_store


@step
def evaluate(
    candidate: Candidate,
    model: TextModel,
    run: CandidateRun,
    validation_rows: pd.DataFrame,
    test_rows: pd.DataFrame,
    seed: int,
) -> tuple[Annotated[Evaluation, "evaluation"], Annotated[Evidence, "evidence"]]:
    """Score the candidate on validation and test rows; metrics and pictures go to the run that trained it."""
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
    store = run_store()
    store.log_metrics(run.run_id, evaluation.flat(), run.files.model_uri)
    store.describe(run.run_id, describe_version(evaluation, run.data, run))
    evidence = gather_evidence(evaluation, model, test_rows, probabilities)
    store.log_files(run.run_id, picture_files(evidence), "plots")
    log_metadata({name: round(value, 4) for name, value in evaluation.test.flat("test").items()})
    return evaluation, evidence
