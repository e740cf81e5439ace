"""Reviews in another language than English, told by the function words that they lack."""

from __future__ import annotations

import numpy as np

from sentiment.monitoring.detectors._two_samples import of_shares
from sentiment.monitoring.finding import Finding
from sentiment.monitoring.rows import Rows, is_english

NAME = "share that is not English"


def test(window: Rows, reference: Rows, seed: int) -> Finding | None:  # noqa: ARG001
    """Compare the shares; None where texts were not kept."""
    if window.texts is None or reference.texts is None:
        return None
    foreign = [np.array([not is_english(text) for text in rows.texts or ()]) for rows in (window, reference)]
    return of_shares(NAME, "data", *foreign)
