"""From a window and a reference to a verdict with its reasons."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from sentiment.monitoring.config import MonitoringConfig
from sentiment.monitoring.detectors import DETECTORS
from sentiment.monitoring.estimate import Estimate, estimate
from sentiment.monitoring.finding import Finding, judged_together
from sentiment.monitoring.measured import measured
from sentiment.monitoring.rows import Rows

ESTIMATED, MEASURED = "is estimated at", "by labels is"
State = Literal["ok", "alarm", "unknown"]


class Judgement(BaseModel):
    """What is said about one window.

    Attributes:
        state: ``unknown`` where nothing can be said, which is not ``ok``.
        reasons: A sentence each; what was raised, or why nothing can be said.
        findings: Of all detectors that could be asked.
        estimates: Metric to what the probabilities promise.
        measured: Metric to what labels show; nothing where there are too few.
        rows: In the window.
        labelled: Those of them with what the customer said.
        histogram: Reviews by their probability, in tenths: of the window, and of the reference.
    """

    model_config = ConfigDict(frozen=True)

    state: State
    reasons: tuple[str, ...]
    findings: tuple[Finding, ...] = ()
    estimates: dict[str, Estimate] = {}
    measured: dict[str, Estimate] = {}
    rows: int = 0
    labelled: int = 0
    histogram: tuple[tuple[int, ...], tuple[int, ...]] = ((), ())

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
) -> Judgement:
    """Judge a window of one version.

    Args:
        window: Its rows.
        reference: The rows of the version's test rows.
        config: Rate, detectors, floors.
        threshold: Of the version.
        at_registration: Its metrics on the test rows.
    """
    if len(window) < config.fewest_rows:
        return unknown(f"{len(window):,} predictions found; at least {config.fewest_rows:,} expected", len(window))
    asked = (DETECTORS[name](window, reference, config.seed) for name in config.detectors)
    findings = judged_together([finding for finding in asked if finding is not None], config.false_alarm_rate)
    estimates = estimate(window.probabilities, threshold, at_registration, seed=config.seed)
    shown = measured(window, threshold, at_registration, seed=config.seed)
    reasons = [_reason(finding) for finding in findings if finding.raised]
    reasons += below(estimates, ESTIMATED, config.floors) + below(shown, MEASURED, config.floors)
    return Judgement(
        state="alarm" if reasons else "ok",
        reasons=tuple(reasons or [f"{len(findings)} tests found no change"]),
        findings=tuple(findings),
        estimates=estimates,
        measured=shown,
        rows=len(window),
        labelled=len(window.labelled),
        histogram=(_tenths(window), _tenths(reference)),
    )


def below(values: dict[str, Estimate], how: str, floors: dict[str, float]) -> list[str]:
    """Say which metrics lie below their floors with the whole of their interval, a sentence each.

    Args:
        values: By the metric's name.
        how: They were come by.
        floors: By the metric's name.
    """
    return [
        f"{name} {how} {values[name].value:.3f}, surely below the floor of {floor:g}"
        for name, floor in floors.items()
        if name in values and values[name].high < floor
    ]


def _reason(finding: Finding) -> str:
    told = f"{finding.kind}: {finding.name} is {finding.window:.3g}, {finding.reference:.3g} in the reference"
    return told + (f" ({finding.detail})" if finding.detail else "")


def _tenths(rows: Rows) -> tuple[int, ...]:
    counts = [0] * 10
    for probability in rows.probabilities:
        counts[min(int(probability * 10), 9)] += 1
    return tuple(counts)
