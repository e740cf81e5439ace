"""The policy: may the challenger replace the champion?

Pure: it is given what both models said about the same test rows, just now, and gives a decision with its reasons.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from sentiment.errors import ConfigError, IncomparableReportsError
from sentiment.metrics import LOWER_IS_BETTER, Metrics, PairedDifference, evaluate, paired_bootstrap, require_metric


class Policy(BaseModel):
    """The gate's limits.

    Attributes:
        floors: The least value of each metric (the greatest, where lower is better) for anything in production.
        metric: Champion and challenger are compared by it: ``accuracy``, ``mcc`` or ``roc_auc``.
        minimum_gain: Of the metric, over the champion on the same rows. A gain of nothing never suffices.
        minimum_probability: That the challenger is better, by paired bootstrap.
        max_microseconds_per_review: Measured on the test rows, on the machine that decides.
        max_model_bytes: Of all files of the model.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    floors: dict[str, float] = Field(min_length=1)
    metric: str = "mcc"
    minimum_gain: float = Field(default=0.0, ge=0)
    minimum_probability: float = Field(default=0.9, ge=0, le=1)
    max_microseconds_per_review: float = Field(gt=0)
    max_model_bytes: int = Field(gt=0)

    @field_validator("floors")
    @classmethod
    def _floors_are_of_metrics(cls, floors: dict[str, float]) -> dict[str, float]:
        for name in floors:
            _as_value_error(name)
        return floors

    @field_validator("metric")
    @classmethod
    def _metric_is_known(cls, metric: str) -> str:
        _as_value_error(metric)
        return metric

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any], *, source: str) -> Policy:
        """Check the values of a policy file.

        Raises:
            ConfigError: A key is unknown or a value not allowed; every problem is named.
        """
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            problems = "\n".join(f"  - {_sentence(problem)}" for problem in error.errors())
            raise ConfigError(f"{source} is not a promotion policy:\n{problems}") from error


@dataclass(frozen=True)
class Report:
    """What a model said about the test rows, just now.

    Attributes:
        labels: Shape ``(n_rows,)``, 0 or 1.
        probabilities: Shape ``(n_rows,)``, in [0, 1], of a recommendation.
        threshold: Of the model.
        fingerprint: Equal for reports on the same rows.
        microseconds_per_review: It took.
        model_bytes: Of all its files.
        is_sample: Whether it was trained on the bundled sample.
        trained_on_test_rows: Test rows that are among its training rows; None where that cannot be known.
    """

    labels: NDArray[np.int64]
    probabilities: NDArray[np.float64]
    threshold: float
    fingerprint: str
    microseconds_per_review: float
    model_bytes: int
    is_sample: bool
    trained_on_test_rows: int | None


class Check(BaseModel):
    """One question of the gate.

    Attributes:
        value: What was found, for people.
        limit: What was asked for.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    value: str
    limit: str
    passed: bool

    def sentence(self) -> str:
        """Say the check in words."""
        return f"{self.name}: {self.value} ({self.limit}) {'passed' if self.passed else 'FAILED'}"


class Decision(BaseModel):
    """What the gate decided.

    Attributes:
        promoted: Whether the challenger becomes the champion.
        forced: The reason it was promoted for although a check failed; None where none did or nobody forced it.
        first_release: There was no champion, and the floors alone decided.
        note: Why nothing was decided, where nothing was.
    """

    model_config = ConfigDict(frozen=True)

    promoted: bool
    forced: str | None
    first_release: bool
    checks: tuple[Check, ...]
    note: str = ""

    @classmethod
    def not_asked(cls, note: str) -> Decision:
        """Say that there was nothing to decide, and why."""
        return cls(promoted=False, forced=None, first_release=False, checks=(), note=note)

    def reasons(self) -> tuple[str, ...]:
        """Say every check in words."""
        return tuple(check.sentence() for check in self.checks)


def decide_promotion(
    challenger: Report, champion: Report | None, policy: Policy, *, force_reason: str | None = None
) -> Decision:
    """Decide whether the challenger may replace the champion.

    Both reports describe the same test rows. Ties keep the champion.

    Args:
        challenger: Scored on the test rows.
        champion: None on the first release; then only the floors apply.
        policy: The limits.
        force_reason: Promotes a challenger that fails, and is kept with the decision.

    Raises:
        IncomparableReportsError: The fingerprints of the test rows differ.
    """
    checks = _floor_checks(challenger, policy)
    if champion is not None:
        if champion.fingerprint != challenger.fingerprint:
            raise IncomparableReportsError(
                f"the champion was scored on test rows {champion.fingerprint[:12]}, the challenger on "
                f"{challenger.fingerprint[:12]}; the same rows expected"
            )
        checks += [
            *_gain_checks(challenger, champion, policy),
            *_limit_checks(challenger, policy),
            _data_check(challenger, champion),
            _overlap_check(challenger),
        ]
    passed = all(check.passed for check in checks)
    return Decision(
        promoted=passed or force_reason is not None,
        forced=None if passed else force_reason,
        first_release=champion is None,
        checks=tuple(checks),
    )


def passes_floor(metrics: Metrics, policy: Policy) -> bool:
    """Tell whether a model reaches every floor; nothing less is worth registering."""
    return all(_reaches(name, metrics.value(name), floor) for name, floor in policy.floors.items())


def _floor_checks(challenger: Report, policy: Policy) -> list[Check]:
    metrics = evaluate(challenger.labels, challenger.probabilities, challenger.threshold)
    return [
        Check(
            name=f"floor of {name}",
            value=f"{metrics.value(name):.4f}",
            limit=f"at {'most' if name in LOWER_IS_BETTER else 'least'} {floor:g}",
            passed=_reaches(name, metrics.value(name), floor),
        )
        for name, floor in policy.floors.items()
    ]


def _reaches(name: str, value: float, floor: float) -> bool:
    return value <= floor if name in LOWER_IS_BETTER else value >= floor


def _gain_checks(challenger: Report, champion: Report, policy: Policy) -> list[Check]:
    gain: PairedDifference = paired_bootstrap(
        challenger.labels,
        (challenger.probabilities, challenger.threshold),
        (champion.probabilities, champion.threshold),
        policy.metric,
    )
    needed = f"at least {policy.minimum_gain:g}" if policy.minimum_gain else "more than 0"
    return [
        Check(
            name=f"gain of {policy.metric} over the champion",
            value=f"{gain.difference:+.4f} [{gain.low:+.4f}, {gain.high:+.4f}]",
            limit=f"{needed}, on the same rows",
            passed=gain.difference > 0 and gain.difference >= policy.minimum_gain,
        ),
        Check(
            name="probability of being better",
            value=f"{gain.probability_better:.3f}",
            limit=f"at least {policy.minimum_probability:g}, by paired bootstrap",
            passed=gain.probability_better >= policy.minimum_probability,
        ),
    ]


def _limit_checks(challenger: Report, policy: Policy) -> list[Check]:
    return [
        Check(
            name="time a review",
            value=f"{challenger.microseconds_per_review:.0f} µs",
            limit=f"at most {policy.max_microseconds_per_review:g} µs",
            passed=challenger.microseconds_per_review <= policy.max_microseconds_per_review,
        ),
        Check(
            name="size of the model",
            value=f"{challenger.model_bytes / 1e6:.1f} MB",
            limit=f"at most {policy.max_model_bytes / 1e6:g} MB",
            passed=challenger.model_bytes <= policy.max_model_bytes,
        ),
    ]


def _data_check(challenger: Report, champion: Report) -> Check:
    return Check(
        name="training data",
        value="the sample" if challenger.is_sample else "real reviews",
        limit="no model trained on the sample replaces one trained on real reviews",
        passed=champion.is_sample or not challenger.is_sample,
    )


def _overlap_check(challenger: Report) -> Check:
    overlap = challenger.trained_on_test_rows
    return Check(
        name="test rows seen in training",
        value="unknown: it was trained on another file" if overlap is None else str(overlap),
        limit="0",
        passed=overlap == 0,
    )


def _as_value_error(metric: str) -> None:
    try:
        require_metric(metric)
    except ConfigError as error:
        raise ValueError(str(error)) from error


def _sentence(problem: Any) -> str:
    where = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "extra_forbidden":
        return f"unknown key {where!r}; allowed: {', '.join(Policy.model_fields)}"
    return f"{where}: {problem['msg'].removeprefix('Value error, ')}"
