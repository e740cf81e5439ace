"""Evaluating one trained model on rows it was not fitted on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sentiment.evaluation.comparison import Evaluation
from sentiment.metrics.fingerprint import fingerprint
from sentiment.metrics.summary import compute_metrics
from sentiment.models.families.base import Examples
from sentiment.models.text_model import TextModel
from sentiment.training.candidates import Candidate
from sentiment.training.lineage import CandidateRun

Floats = NDArray[np.float64]


def evaluate_model(
    candidate: Candidate,
    run: CandidateRun,
    model: TextModel,
    validation: Examples,
    test: Examples,
    test_probabilities: Floats,
    *,
    test_row_numbers: list[int],
    microseconds_per_review: float,
    seed: int,
) -> Evaluation:
    """Gather what a candidate's model is worth.

    Args:
        candidate: What was trained.
        run: That trained it.
        model: The trained pair.
        validation: Rows that chose among candidates.
        test: Rows that are scored once.
        test_probabilities: What `model` gave for them, shape ``(n_test,)``.
        test_row_numbers: Of the test rows in their file.
        microseconds_per_review: As measured on the test rows.
        seed: Of the intervals.
    """
    return Evaluation(
        name=candidate.name,
        family=candidate.family,
        recipe=candidate.recipe,
        data_name=run.data.name,
        is_sample=run.data.is_sample,
        threshold=model.threshold,
        validation=compute_metrics(
            validation.labels, model.predict_proba(validation.documents), model.threshold, seed=seed
        ),
        test=compute_metrics(test.labels, test_probabilities, model.threshold, seed=seed),
        fit_seconds=run.fit_seconds,
        microseconds_per_review=microseconds_per_review,
        model_bytes=run.files.size,
        test_fingerprint=fingerprint(test_row_numbers, test.labels, test.documents),
    )
