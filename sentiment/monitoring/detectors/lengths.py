"""How long reviews are."""

from __future__ import annotations

from sentiment.monitoring.detectors._two_samples import of_values
from sentiment.monitoring.finding import Finding
from sentiment.monitoring.rows import Rows

NAME = "characters a review"


def test(window: Rows, reference: Rows, seed: int) -> Finding | None:  # noqa: ARG001
    """Compare the lengths."""
    return of_values(NAME, "data", window.characters, reference.characters)
