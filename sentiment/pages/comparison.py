"""Which model is best, and by how much?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sentiment.comparison import Evaluation
from sentiment.lineage import display_name
from sentiment.metrics import LOWER_IS_BETTER, WITH_INTERVALS
from sentiment.pages.numbers import metric, metric_name, signed
from sentiment.pages.section import Section, section
from sentiment.standings import Standings

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
def _(standings: Standings) -> Section:
    best, runner_up = standings.best, standings.places[1] if len(standings.places) > 1 else None
    chosen_by = standings.metric
    drawn_by = chosen_by if chosen_by in WITH_INTERVALS else "mcc"
    axis = _axis([place.evaluation for place in standings.places], drawn_by)
    shown = display_name(best.name, is_sample=best.is_sample)
    if runner_up is None:
        answer = f"{shown} is the only candidate"
    else:
        gap = best.validation.value(chosen_by) - runner_up.evaluation.validation.value(chosen_by)
        ahead = -gap if chosen_by in LOWER_IS_BETTER else gap
        answer = f"{shown}, by {metric(ahead)} {metric_name(chosen_by)} over {runner_up.evaluation.name}"
    return Section(
        question="Which model is best, and by how much?",
        answer=answer,
        template="comparison.html",
        values={
            "standings": standings,
            "best": best,
            "runner_up": runner_up,
            "drawn_by": drawn_by,
            "axis": axis,
            "whiskers": [_whisker(place.evaluation, drawn_by, axis) for place in standings.places],
            "sure": runner_up is not None and runner_up.lead is not None and runner_up.lead.low > 0,
        },
        facts={
            "best": best.name,
            "chosen_by": f"validation {chosen_by}",
            f"validation_{chosen_by}": round(best.validation.value(chosen_by), 4),
            f"test_{chosen_by}": round(best.test.value(chosen_by), 4),
            **({"lead_on_test_rows": signed(runner_up.lead.difference)} if runner_up and runner_up.lead else {}),
        },
    )


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
