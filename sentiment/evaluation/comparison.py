"""Ranking candidates, on validation rows only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from sentiment.errors import InputError
from sentiment.metrics.summary import Metrics, require_metric
from sentiment.metrics.weighted import LOWER_IS_BETTER


class Evaluation(BaseModel):
    """What one candidate is worth, and what it costs.

    Attributes:
        name: The candidate's, unique within a comparison.
        family: Name of its model family.
        recipe: Name of its cleaning recipe.
        data_name: What it was trained on.
        is_sample: Whether that is the small sample that comes with the project.
        threshold: Of its model, in [0, 1].
        validation: On the rows that choose among candidates.
        test: On the rows that are scored once; no choice looks at them.
        test_fingerprint: `metrics.fingerprint.fingerprint` of the test rows; equal where they are the same.
        fit_seconds: Training took.
        microseconds_per_review: Cleaning and scoring took, one review of many.
        model_bytes: Of all files of the model.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    name: str
    family: str
    recipe: str
    data_name: str
    is_sample: bool
    threshold: float
    validation: Metrics
    test: Metrics
    test_fingerprint: str
    fit_seconds: float
    microseconds_per_review: float
    model_bytes: int

    def flat(self) -> dict[str, float]:
        """Name every number for a tracker: ``val_mcc``, ``test_mcc`` and so on, and the costs."""
        return {
            **self.validation.flat("val"),
            **self.test.flat("test"),
            "threshold": self.threshold,
            "fit_seconds": self.fit_seconds,
            "microseconds_per_review": self.microseconds_per_review,
            "model_bytes": float(self.model_bytes),
        }


class Ranking(BaseModel):
    """Candidates in order.

    Attributes:
        metric: They were ranked by, on validation rows.
        ordered: Names of the candidates, best first; at least one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    metric: str
    ordered: tuple[str, ...]

    @property
    def best(self) -> str:
        """Name of the candidate to put forward."""
        return self.ordered[0]


def rank(evaluations: Sequence[Evaluation], metric: str = "mcc") -> Ranking:
    """Rank candidates by a metric on the validation rows; the test rows have no say.

    Args:
        evaluations: In the order of the configuration, which decides among equals: the earlier ranks higher.
        metric: A name in `metrics.summary.METRICS`; of a loss (brier, log_loss, ece) the lowest value is best.

    Raises:
        ConfigError: `metric` is not known.
        InputError: There is nothing to rank, or two candidates have one name.
    """
    sign = 1 if require_metric(metric) in LOWER_IS_BETTER else -1
    if not evaluations:
        raise InputError("no evaluations found to rank; at least one candidate expected")
    repeated = [name for name, count in Counter(one.name for one in evaluations).items() if count > 1]
    if repeated:
        raise InputError(f"several candidates are called {', '.join(repeated)}; one of each name expected")
    ordered = sorted(evaluations, key=lambda one: sign * one.validation.value(metric))  # stable
    return Ranking(metric=metric, ordered=tuple(one.name for one in ordered))
