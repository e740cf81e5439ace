"""Evaluate one trained candidate on rows it was not fitted on."""

from __future__ import annotations

from typing import Annotated

import pandas as pd
from zenml import log_metadata, step

from materializers.facts import facts
from sentiment.evaluation.comparison import Evaluation
from sentiment.evaluation.evidence import Evidence
from sentiment.models.text_model import TextModel
from sentiment.tracking.runs.recording import evaluate_candidate
from sentiment.training.candidates import Candidate
from sentiment.training.lineage import CandidateRun
from steps.shared.tracking import run_store


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
    evaluation, evidence = evaluate_candidate(run_store(), candidate, run, model, validation_rows, test_rows, seed=seed)
    log_metadata(facts({name: round(value, 4) for name, value in evaluation.test.flat("test").items()}))
    return evaluation, evidence
