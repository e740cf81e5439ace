"""Which model is best, and by how much?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sentiment.evaluation.comparison import Evaluation
from sentiment.evaluation.leaderboard import Leaderboard
from sentiment.metrics.summary import WITH_INTERVALS
from sentiment.reports.numbers import magnitude, metric_name
from sentiment.reports.section import Section, section
from sentiment.training.lineage import display_name

NARROWEST = 0.05
"""Of an axis: less would make a tie look like a landslide."""


class Whisker(NamedTuple):
    """A value with its interval, placed on an axis in percent of its width."""

    value: float
    at: float
    low: float
    high: float


class Axis(NamedTuple):
    """Where an axis begins and ends, and the numbers that are written at it."""

    low: float
    high: float
    ticks: tuple[tuple[float, float], ...]

    def place(self, value: float) -> float:
        """Give the place of a value in percent."""
        return round(100 * (value - self.low) / (self.high - self.low), 2)


@section.register
def _(leaderboard: Leaderboard) -> Section:
    best, runner_up = leaderboard.best, leaderboard.places[1] if len(leaderboard.places) > 1 else None
    drawn_by = leaderboard.metric if leaderboard.metric in WITH_INTERVALS else "mcc"
    axis = _axis([place.evaluation for place in leaderboard.places], drawn_by)
    lead = runner_up.lead if runner_up else None
    return Section(
        question="Which model is best, and by how much?",
        answer=_answer(leaderboard),
        template="comparison.html",
        values={
            "leaderboard": leaderboard,
            "best": best,
            "runner_up": runner_up,
            "drawn_by": drawn_by,
            "axis": axis,
            "whiskers": [_whisker(place.evaluation, drawn_by, axis) for place in leaderboard.places],
            "sure": lead is not None and (lead.low > 0 or lead.high < 0),
        },
        facts={
            "best": best.name,
            "chosen_by": f"validation {leaderboard.metric}",
            f"validation_{leaderboard.metric}": round(best.validation.value(leaderboard.metric), 4),
            f"test_{leaderboard.metric}": round(best.test.value(leaderboard.metric), 4),
            **({"lead_on_test_rows": round(lead.difference, 4)} if lead else {}),
        },
    )


def _answer(leaderboard: Leaderboard) -> str:
    """Name the best, and how far it is ahead on the rows that decided."""
    best = leaderboard.best
    shown = display_name(best.name, is_sample=best.is_sample)
    if len(leaderboard.places) == 1:
        return f"{shown} is the only candidate"
    second, metric = leaderboard.places[1].evaluation, leaderboard.metric
    gap = abs(best.validation.value(metric) - second.validation.value(metric))
    if gap == 0:
        return f"{shown}, level with {second.name} and named before it"
    return f"{shown}, by {magnitude(gap)} {metric_name(metric)} over {second.name}"


def _whisker(evaluation: Evaluation, by: str, axis: Axis) -> Whisker:
    low, high = evaluation.test.intervals[by]
    value = evaluation.test.value(by)
    return Whisker(value, axis.place(value), axis.place(low), axis.place(high))


def _axis(evaluations: Sequence[Evaluation], by: str) -> Axis:
    """Choose an axis that holds every interval, and begins and ends at numbers that are easy to read."""
    ends = [end for evaluation in evaluations for end in evaluation.test.intervals[by]]
    ends += [evaluation.test.value(by) for evaluation in evaluations]
    span = max(max(ends) - min(ends), NARROWEST)
    step = next(step for step in (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1.0) if span <= 5 * step)
    first, last = int(min(ends) // step), int(-(-max(ends) // step))
    last = max(last, first + 1)
    bare = Axis(first * step, last * step, ())
    return bare._replace(ticks=tuple((bare.place(n * step), n * step) for n in range(first, last + 1)))
