"""What a score means as a probability."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sentiment.metrics.predictions import Floats


class Calibration(NamedTuple):
    """How a score becomes log-odds: ``below * -log(1 + exp(-score)) + above * log(1 + exp(score)) + shift``.

    This is beta calibration with the score read as uncalibrated log-odds; a sigmoid is the case of two equal slopes.
    Source: Kull, Silva Filho and Flach, "Beta calibration" (2017).

    Attributes:
        below: Slope far below a score of 0; at least 0, so that ranks stay what they are.
        above: Slope far above it; at least 0.
        shift: In log-odds.
    """

    below: float
    above: float
    shift: float

    def log_odds(self, scores: Floats) -> Floats:
        """Calibrate scores of any shape."""
        return np.asarray(sides(scores) @ np.array([self.below, self.above]) + self.shift)


AS_IT_IS = Calibration(1, 1, 0)
"""Of scores that are log-odds already."""


def sides(scores: Floats) -> Floats:
    """Part scores into what lies below 0 and what lies above, smoothly; the two add up to the score."""
    return np.stack([-np.logaddexp(0, -scores), np.logaddexp(0, scores)], axis=-1)
