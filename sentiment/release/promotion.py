"""May the challenger replace the champion?

Pure: it is given what both models said about the same test rows, just now, and gives a decision with its
reasons. Numbers that were stored when the champion was trained are never read.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from sentiment.errors import ConfigError, IncomparableReportsError
from sentiment.metrics.bootstrap import paired_bootstrap
from sentiment.metrics.summary import Metrics, compute_metrics
from sentiment.metrics.weighted import LOWER_IS_BETTER
from sentiment.release.policy import Policy

__all__ = ["Check", "Decision", "Policy", "Report", "decide_promotion"]

_ROUNDING = 1e-12  # 0.85 - 0.80 is less than 0.05 in binary; that is no reason to refuse


@dataclass(frozen=True, eq=False)
class Report:
    """What a model said about the test rows, just now.

    Attributes:
        labels: Shape ``(n_rows,)``, 0 or 1, both occurring.
        probabilities: Shape ``(n_rows,)``, in [0, 1], of class 1, a recommendation.
        threshold: Of the model, in [0, 1].
        fingerprint: `metrics.fingerprint.fingerprint` of the rows.
        microseconds_per_review: Cleaning and scoring took, one review of many.
        model_bytes: Of all files of the model.
        is_sample: Whether the model was trained on the small sample that comes with the project.
        train_test_overlap: Test rows whose text the data checks found among the training rows; None where
            that is not known, which does not pass.
    """

    labels: NDArray[np.int64]
    probabilities: NDArray[np.float64]
    threshold: float
    fingerprint: str
    microseconds_per_review: float
    model_bytes: int
    is_sample: bool
    train_test_overlap: int | None

    @cached_property
    def metrics(self) -> Metrics:
        """Computed from the probabilities, so never those of another day; raises as `evaluate`."""
        return compute_metrics(self.labels, self.probabilities, self.threshold)


class Check(BaseModel):
    """One question of the gate.

    Attributes:
        name: Of what was checked, in snake case.
        value: What was found; None for what is not a number or not known, and never passes.
        limit: What it was held against, in the unit of `value`.
        passed: The verdict.
        detail: The check as a sentence.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    name: str
    value: float | None
    limit: float
    passed: bool
    detail: str


class Decision(BaseModel):
    """What the gate decided.

    Attributes:
        promoted: Whether the challenger becomes the champion.
        forced: The reason given for promoting it although a check failed; None where no check did or nobody
            forced it.
        first_release: There was no champion, and the floors alone decided.
        checks: All of them, also those after the first that failed.
        note: Why nothing was decided, where nothing was.
        challenger: Number of the version that was asked about; empty where nobody named it.
        champion: Number of the version that was in production; empty where there was none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    promoted: bool
    forced: str | None
    first_release: bool
    checks: tuple[Check, ...]
    note: str = ""
    challenger: str = ""
    champion: str = ""

    @classmethod
    def not_asked(cls, note: str) -> Decision:
        """Say that there was nothing to decide, and why."""
        return cls(promoted=False, forced=None, first_release=False, checks=(), note=note)

    def reasons(self) -> tuple[str, ...]:
        """Say in sentences what was decided and why, the failed checks first."""
        failed = [check for check in self.checks if not check.passed]
        return (
            self._verdict(len(failed)),
            *(f"FAILED: {check.detail}" for check in failed),
            *(f"passed: {check.detail}" for check in self.checks if check.passed),
        )

    def _verdict(self, failed: int) -> str:
        outcome = f"{failed} of {len(self.checks)} checks failed" if failed else "every check passed"
        if self.forced is not None:
            return f"Promoted by force, although {outcome}. The reason given: {self.forced}"
        if self.promoted:
            return f"Promoted{' as the first release' if self.first_release else ''}: {outcome}."
        return f"Not promoted{'' if self.first_release else ', the champion stays'}: {outcome}."


def decide_promotion(
    challenger: Report,
    champion: Report | None,
    policy: Policy,
    *,
    force_reason: str | None = None,
    unscored: str | None = None,
    rows: Check | None = None,
) -> Decision:
    """Decide whether the challenger may replace the champion, both of them scored on the same test rows.

    Ties keep the champion, and what is not a number never passes.

    Args:
        challenger: Scored just now.
        champion: Scored just now too; None on the first release, for which only the floors apply.
        policy: The limits.
        force_reason: Promotes a challenger that fails; it is kept with the decision if it was needed.
        unscored: Why the champion there is could not be scored, and `champion` is None. That never passes.
        rows: What is to be said of the rows; see `release.rows.check_rows`.

    Raises:
        ConfigError: `force_reason` is blank.
        IncomparableReportsError: The test rows differ; no force helps.
        InputError, ValueError: A report cannot be scored.
    """
    if force_reason is not None and not force_reason.strip():
        raise ConfigError("the reason for forcing a promotion is empty; say why it must be")
    checks = _floor_checks(challenger.metrics, policy)
    if champion is not None:
        _require_same_rows(challenger, champion)
        checks += [
            *_gain_checks(challenger, champion, policy),
            *_cost_checks(challenger, policy),
            *_data_checks(challenger, champion),
        ]
    if unscored is not None:
        checks.append(_check("champion_scored", 0, 1, False, f"the champion could not be scored: {unscored}"))
    if rows is not None:
        checks.append(rows)
    passed = all(check.passed for check in checks)
    return Decision(
        promoted=passed or force_reason is not None,
        forced=None if passed else force_reason,
        first_release=champion is None and unscored is None,
        checks=tuple(checks),
    )


def passes_floor(metrics: Metrics, policy: Policy) -> bool:
    """Tell whether a model reaches every floor; nothing less is worth registering."""
    return all(check.passed for check in _floor_checks(metrics, policy))


def _require_same_rows(challenger: Report, champion: Report) -> None:
    ours, theirs = challenger.fingerprint[:12], champion.fingerprint[:12]
    if champion.fingerprint != challenger.fingerprint:
        found = f"the challenger was scored on rows {ours}, the champion on rows {theirs}"
    elif not np.array_equal(champion.labels, challenger.labels):
        found = f"the reports on rows {ours} have different labels"
    else:
        return
    raise IncomparableReportsError(f"{found}; the same test rows expected. Score both again on one set.")


def _at_least(name: str, value: float, limit: float, detail: str) -> Check:
    return _check(name, value, limit, value >= limit, detail)


def _at_most(name: str, value: float, limit: float, detail: str) -> Check:
    return _check(name, value, limit, value <= limit, detail)


def _check(name: str, value: float, limit: float, passed: bool, detail: str) -> Check:
    known = value if math.isfinite(value) else None
    return Check(name=name, value=known, limit=limit, passed=passed and known is not None, detail=detail)


def _floor_checks(metrics: Metrics, policy: Policy) -> list[Check]:
    checks = []
    for name, floor in policy.floors.items():
        compare, words = (_at_most, "at most") if name in LOWER_IS_BETTER else (_at_least, "at least")
        value = metrics.value(name)
        detail = f"{name} is {value:.4f}; {words} {floor:g} is needed for production"
        checks.append(compare(f"floor_{name}", value, floor, detail))
    return checks


def _gain_checks(challenger: Report, champion: Report, policy: Policy) -> list[Check]:
    gain = paired_bootstrap(
        challenger.labels,
        challenger.probabilities,
        challenger.threshold,
        champion.probabilities,
        champion.threshold,
        policy.metric,
    )
    needed = f"at least {policy.minimum_gain:g}" if policy.minimum_gain > 0 else "more than nothing"
    return [
        _check(
            f"gain_{policy.metric}",
            gain.difference,
            policy.minimum_gain,
            gain.difference > 0 and gain.difference >= policy.minimum_gain - _ROUNDING,
            f"the gain in {policy.metric} over the champion is {gain.difference:+.4f} "
            f"(95% interval {gain.low:+.4f} to {gain.high:+.4f}); {needed} is asked for",
        ),
        _at_least(
            "probability_better",
            gain.probability_better,
            policy.minimum_probability,
            f"it is better in {gain.probability_better:.1%} of resamples of the test rows; "
            f"at least {policy.minimum_probability:.1%} is asked for",
        ),
    ]


def _cost_checks(challenger: Report, policy: Policy) -> list[Check]:
    time, size = challenger.microseconds_per_review, challenger.model_bytes
    return [
        _at_most(
            "microseconds_per_review",
            time,
            policy.max_microseconds_per_review,
            f"a review takes {time:,.0f} µs; at most {policy.max_microseconds_per_review:,.0f} µs is allowed",
        ),
        _at_most(
            "model_bytes",
            size,
            policy.max_bytes,
            f"the model's files have {size:,} bytes; at most {policy.max_bytes:,} is allowed",
        ),
    ]


def _data_checks(challenger: Report, champion: Report) -> list[Check]:
    downgrades = challenger.is_sample and not champion.is_sample
    ours, theirs = ("the sample" if report.is_sample else "real data" for report in (challenger, champion))
    overlap = challenger.train_test_overlap
    return [
        _at_most(
            "sample_replaces_real_data",
            float(downgrades),
            0,
            f"it was trained on {ours}, the champion on {theirs}; the sample never replaces real data",
        ),
        _at_most(
            "train_test_overlap",
            math.nan if overlap is None else overlap,
            0,
            f"{'an unknown number of' if overlap is None else overlap} test rows were trained on; 0 may be",
        ),
    ]
