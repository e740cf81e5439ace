"""How often the model recommends."""

from __future__ import annotations

from sentiment.monitoring.detectors._two_samples import of_shares
from sentiment.monitoring.finding import Finding
from sentiment.monitoring.rows import Rows

NAME = "share of recommendations"


def test(window: Rows, reference: Rows, seed: int) -> Finding | None:  # noqa: ARG001
    """Compare the shares of verdicts."""
    return of_shares(NAME, "predictions", window.recommended, reference.recommended)
