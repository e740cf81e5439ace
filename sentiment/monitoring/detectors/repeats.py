"""Reviews whose text came before: a form that is sent twice, or somebody who games the ratings.

Customers repeat each other as well ("Love it!"), and more do so among more reviews. So the share is compared among
equal numbers of consecutive reviews, with all reviews of the training's file as they came.
"""

from __future__ import annotations

from sentiment.monitoring.detectors._two_samples import of_shares
from sentiment.monitoring.finding import Finding
from sentiment.monitoring.rows import Rows

NAME = "share of repeated texts"


def test(window: Rows, reference: Rows, seed: int) -> Finding | None:  # noqa: ARG001
    """Compare the shares; None where texts were not kept, or an earlier version of this project made the reference."""
    if window.repeats is None or reference.repeats is None:
        return None
    size = min(window.repeats.rows, reference.repeats.rows)
    return of_shares(NAME, "data", window.repeats.within(size), reference.repeats.within(size))
