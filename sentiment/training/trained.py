"""What training a candidate gives, wherever it was trained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sentiment.models.families.base import Fitted


@dataclass(frozen=True)
class Trained:
    """A trained candidate, and what is recorded beside it.

    Attributes:
        fitted: The pair.
        seconds: Of the fit alone.
        known: Hashes of the texts that were learned from, as `reviews.seen.fingerprints` gives them; None where they
            are too many to be kept.
        metrics: By name, beside those that every candidate has.
    """

    fitted: Fitted
    seconds: float
    known: NDArray[np.uint64] | None
    metrics: Mapping[str, float] = field(default_factory=dict)
