"""From a window and a reference to a verdict with its reasons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from sentiment.monitoring import detectors
from sentiment.monitoring.config import MonitoringConfig
from sentiment.monitoring.estimate import Estimate, estimate
from sentiment.monitoring.finding import Finding, judged_together
from sentiment.monitoring.limits import ERRORS, REFUSED, Breach, Requests, below, over
from sentiment.monitoring.measured import measured
from sentiment.monitoring.rows import Rows
from sentiment.phrases import amount

State = Literal["ok", "alarm", "unknown"]


class Judgement(BaseModel):
    """What is said about one window.

    Attributes:
        state: ``unknown`` where nothing can be said, which is not ``ok``.
        reasons: A sentence each; what was raised, or why nothing can be said.
        breaches: Names of the limits that are not kept.
        findings: Of all detectors that could be asked.
        estimates: Metric to what the probabilities promise.
        measured: Metric to what labels show; nothing where there are too few.
        requests: What the service counted since the last window; None where it was not asked.
        rows: In the window.
        labelled: Those of them with what the customer said.
        histogram: Reviews by their probability, in tenths: of the window, and of the reference.
    """

    model_config = ConfigDict(frozen=True)

    state: State
    reasons: tuple[str, ...]
    breaches: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    estimates: dict[str, Estimate] = {}
    measured: dict[str, Estimate] = {}
    requests: Requests | None = None
    rows: int = 0
    labelled: int = 0
    histogram: tuple[tuple[int, ...], tuple[int, ...]] = ((), ())

    @property
    def what(self) -> set[str]:
        """Name all that is an alarm: the detectors that found a change, and the limits that are not kept."""
        return {finding.name for finding in self.raised} | set(self.breaches)

    @property
    def of_requests(self) -> bool:
        """Whether a limit on requests is not kept, which may be so where not one prediction is new."""
        return bool({ERRORS, REFUSED} & set(self.breaches))

    @property
    def raised(self) -> list[Finding]:
        """The findings that count as changes."""
        return [finding for finding in self.findings if finding.raised]


def unknown(reason: str, rows: int = 0) -> Judgement:
    """Say that nothing can be said, and why."""
    return Judgement(state="unknown", reasons=(reason,), rows=rows)


def judge(
    window: Rows,
    reference: Rows,
    config: MonitoringConfig,
    *,
    threshold: float,
    at_registration: dict[str, float],
    requests: Requests | None = None,
) -> Judgement:
    """Judge a window of one version.

    Args:
        window: Its rows.
        reference: The rows of the version's test rows.
        config: Rate, detectors, floors.
        threshold: Of the version.
        at_registration: Its metrics on the test rows.
        requests: What the service counted since the last window, where it could be asked.
    """
    breaches = over(requests, window.milliseconds, config.limits)
    if len(window) < config.fewest_rows:
        found = amount(len(window), "prediction")
        few = unknown(f"{found} found; at least {config.fewest_rows:,} expected", len(window))
        return few.model_copy(update={"requests": requests, **(_alarm(breaches, few.reasons) if breaches else {})})
    asked = (detectors.get(name).test(window, reference, config.seed) for name in config.detectors)
    findings = judged_together([finding for finding in asked if finding is not None], config.false_alarm_rate)
    estimates = estimate(window.probabilities, threshold, at_registration, seed=config.seed)
    shown = measured(window, threshold, at_registration, seed=config.seed)
    breaches = [
        *below(estimates, "is estimated at", config.floors),
        *below(shown, "by labels is", config.floors),
        *breaches,
    ]
    raised = [_reason(finding) for finding in findings if finding.raised]
    quiet = {"state": "ok", "reasons": (f"{len(findings)} tests found no change",)}
    return Judgement(
        **(quiet | _alarm(breaches, raised)),
        findings=tuple(findings),
        estimates=estimates,
        measured=shown,
        requests=requests,
        rows=len(window),
        labelled=len(window.labelled),
        histogram=(_tenths(window), _tenths(reference)),
    )


def _alarm(breaches: Sequence[Breach], reasons: Sequence[str]) -> dict[str, Any]:
    """Make what a judgement says of an alarm; nothing where there is none."""
    if not breaches and not reasons:
        return {}
    sentences = (*reasons, *(one.sentence for one in breaches))
    return {"state": "alarm", "reasons": sentences, "breaches": tuple(one.name for one in breaches)}


def _reason(finding: Finding) -> str:
    told = f"{finding.kind}: {finding.name} is {finding.window:.3g}, {finding.reference:.3g} in the reference"
    return told + (f" ({finding.detail})" if finding.detail else "")


def _tenths(rows: Rows) -> tuple[int, ...]:
    counts = [0] * 10
    for probability in rows.probabilities:
        counts[min(int(probability * 10), 9)] += 1
    return tuple(counts)
