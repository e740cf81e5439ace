"""Reviews in another language than English, told by the function words that they lack."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sentiment.monitoring.detectors._two_samples import of_shares
from sentiment.monitoring.finding import Finding
from sentiment.monitoring.rows import Rows, is_english

NAME = "share that is not English"


def test(window: Rows, reference: Rows, seed: int) -> Finding | None:  # noqa: ARG001
    """Compare the shares of the reviews that are long enough to tell; None where there are none on a side."""
    told, expected = (_foreign(rows.texts or ()) for rows in (window, reference))
    return of_shares(NAME, "data", told, expected) if len(told) and len(expected) else None


def _foreign(texts: Sequence[str]) -> NDArray[np.bool_]:
    english = (is_english(text) for text in texts)
    return np.array([not one for one in english if one is not None], dtype=bool)
