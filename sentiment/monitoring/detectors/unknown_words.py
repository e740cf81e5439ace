"""How much of a review the model does not know: misspellings, new products, other languages."""

from __future__ import annotations

from sentiment.monitoring.detectors._two_samples import of_values
from sentiment.monitoring.finding import Finding
from sentiment.monitoring.rows import Rows

NAME = "share of unknown words"


def test(window: Rows, reference: Rows, seed: int) -> Finding | None:  # noqa: ARG001
    """Compare each review's share of words that are not in the model's vocabulary.

    A review without words has no such share; `nothing_known` counts it. None where a side has no other.
    """
    told, expected = (1 - rows.known[rows.words > 0] / rows.words[rows.words > 0] for rows in (window, reference))
    return of_values(NAME, "data", told, expected) if len(told) and len(expected) else None
