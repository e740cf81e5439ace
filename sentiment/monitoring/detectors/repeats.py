"""Reviews whose text came before in the same window: a form that is sent twice, or somebody who games the ratings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sentiment.monitoring.detectors._two_samples import of_shares
from sentiment.monitoring.finding import Finding
from sentiment.monitoring.rows import Rows

NAME = "share of repeated texts"


def test(window: Rows, reference: Rows, seed: int) -> Finding | None:  # noqa: ARG001
    """Compare the shares; None where texts were not kept."""
    if window.texts is None or reference.texts is None:
        return None
    return of_shares(NAME, "data", _repeated(window.texts), _repeated(reference.texts))


def _repeated(texts: Sequence[str]) -> NDArray[np.bool_]:
    seen: set[str] = set()
    repeated = []
    for text in texts:
        repeated.append(text in seen)
        seen.add(text)
    return np.array(repeated, dtype=bool)
