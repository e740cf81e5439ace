"""How many reviews have a title."""

from __future__ import annotations

from sentiment.monitoring.detectors._two_samples import of_shares
from sentiment.monitoring.finding import Finding
from sentiment.monitoring.rows import Rows

NAME = "share with a title"


def test(window: Rows, reference: Rows, seed: int) -> Finding | None:  # noqa: ARG001
    """Compare the shares."""
    return of_shares(NAME, "data", window.titled, reference.titled)
