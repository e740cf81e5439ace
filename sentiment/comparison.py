"""Ranking candidates, on validation rows only."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from sentiment.metrics import LOWER_IS_BETTER, Metrics, require_metric


class Evaluation(BaseModel):
    """What one candidate is worth.

    Attributes:
        name: The candidate's.
        threshold: Of its model, in [0, 1].
        microseconds_per_review: To clean and score one of many.
        test_fingerprint: Equal for evaluations on the same test rows.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    family: str
    algorithm: str
    threshold: float
    validation: Metrics
    test: Metrics
    microseconds_per_review: float
    test_fingerprint: str

    def flat(self) -> dict[str, float]:
        """Name every number for a tracker: ``val_…`` and ``test_…``."""
        return {
            **self.validation.flat("val"),
            **self.test.flat("test"),
            "threshold": self.threshold,
            "microseconds_per_review": self.microseconds_per_review,
        }


class Ranking(BaseModel):
    """Candidates in order, best first.

    Attributes:
        metric: They were ranked by, on validation rows.
        ordered: Candidate names.
    """

    model_config = ConfigDict(frozen=True)

    metric: str
    ordered: tuple[str, ...]

    @property
    def best(self) -> str:
        """The name of the candidate to put forward."""
        return self.ordered[0]


def rank(evaluations: Sequence[Evaluation], metric: str) -> Ranking:
    """Rank candidates by a metric on the validation rows; test rows have no say.

    Of equals, the one named earlier in the configuration comes first.

    Raises:
        ConfigError: `metric` is not one.
    """
    sign = 1 if require_metric(metric) in LOWER_IS_BETTER else -1
    ordered = sorted(evaluations, key=lambda evaluation: sign * evaluation.validation.value(metric))
    return Ranking(metric=metric, ordered=tuple(evaluation.name for evaluation in ordered))
