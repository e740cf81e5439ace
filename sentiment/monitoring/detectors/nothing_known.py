"""Reviews that are empty after cleaning, or of which the model knows no word: its answer to them is a guess."""

from __future__ import annotations

from sentiment.monitoring.detectors._two_samples import of_shares
from sentiment.monitoring.finding import Finding
from sentiment.monitoring.rows import Rows

NAME = "share without a known word"


def test(window: Rows, reference: Rows, seed: int) -> Finding | None:  # noqa: ARG001
    """Compare the shares."""
    return of_shares(NAME, "data", window.known == 0, reference.known == 0)
