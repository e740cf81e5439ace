"""How sure the model is: its probabilities, which move before verdicts do."""

from __future__ import annotations

from sentiment.monitoring.detectors._two_samples import of_values
from sentiment.monitoring.finding import Finding
from sentiment.monitoring.rows import Rows

NAME = "probability of recommending"


def test(window: Rows, reference: Rows, seed: int) -> Finding | None:  # noqa: ARG001
    """Compare the distributions of probabilities."""
    return of_values(NAME, "predictions", window.probabilities, reference.probabilities)
