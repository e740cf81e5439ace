"""What has monitoring said, over time?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sentiment.monitoring.detectors import correct, verdicts
from sentiment.monitoring.history import Watched
from sentiment.phrases import amount
from sentiment.reports.charts import Axes, Dot, Mark, Picture, round_ticks
from sentiment.reports.numbers import count
from sentiment.reports.section import Section, page, section
from sentiment.reports.watched import TONES

SHOWN = 200
"""Windows at most, the newest."""
_TICKS = 5


@dataclass(frozen=True)
class Windows:
    """Windows that were judged, oldest first, at least one."""

    watched: Sequence[Watched]


def windows_page(watched: Sequence[Watched]) -> str:
    """Write a whole HTML page: all windows, and the newest in full."""
    windows = Windows(watched[-SHOWN:])
    shown = [made for made in (section(windows), section(watched[-1])) if made is not None]
    return page(*shown)


@section.register
def _(windows: Windows) -> Section:
    shown = windows.watched
    states = Counter(str(one.judgement.state) for one in shown)
    counted = ", ".join(f"{count(states[state])} {state}" for state in TONES if states[state])
    newest = shown[-1].judgement.state
    pictures = [
        _over_time("Share of recommendations", [_finding(one, verdicts.NAME) for one in shown], shown),
        _over_time("Accuracy by its own probabilities", [_estimated(one) for one in shown], shown),
        _over_time("Accuracy by what customers said", [_finding(one, correct.NAME) for one in shown], shown),
    ]
    return Section(
        question="What has monitoring said?",
        answer=f"{amount(len(shown), 'window')}: {counted}; the newest is {newest}",
        template="windows.html",
        values={"windows": list(reversed(shown)), "pictures": [one for one in pictures if one is not None]},
        facts={"windows": len(shown), "newest": newest, **dict(states)},
        tone=TONES[newest],
    )


def _over_time(title: str, values: Sequence[float | None], windows: Sequence[Watched]) -> Picture | None:
    """Draw a value a window, in the order in which they were judged; the second colour is an alarm's."""
    there = [(number, value) for number, value in enumerate(values, start=1) if value is not None]
    if not there:
        return None
    low = min(0.5, *(value for _, value in there))
    axes = Axes(left=48, bottom=206, x=(0, len(values) + 1), y=(low, 1))
    ticks = [low + (1 - low) * step / (_TICKS - 1) for step in range(_TICKS)]
    marks: list[Mark] = axes.marks(
        across="windows",
        up="",
        x_ticks=round_ticks(len(values) + 1),
        y_ticks=[(at, f"{at:.2f}") for at in ticks],
    )
    marks.append(axes.line([number for number, _ in there], [value for _, value in there], "thin"))
    for number, value in there:
        look = "not" if windows[number - 1].judgement.state == "alarm" else "recommends"
        marks.append(Dot(*axes.at(number, value), look, 4))
    return Picture(title, 250, marks)


def _finding(watched: Watched, name: str) -> float | None:
    return next((one.window for one in watched.judgement.findings if one.name == name), None)


def _estimated(watched: Watched) -> float | None:
    found = watched.judgement.estimates.get("accuracy")
    return found.value if found is not None else None
