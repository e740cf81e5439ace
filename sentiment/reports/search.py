"""Is there a better candidate?"""

from __future__ import annotations

from sentiment.reports.charts import Axes, Bar, Dot, Line, Mark, Picture, Text, round_ticks
from sentiment.reports.numbers import cut, metric_name, share
from sentiment.reports.section import Section, section
from sentiment.search.trial import Search, Trial, changes

SHOWN = 12
_LONGEST_NAME = 30
_NARROWEST = 0.002


@section.register
def _(search: Search) -> Section:
    start = search.trials[0].candidate
    best = search.best_trial
    failed = [trial for trial in search.trials if trial.state == "failed"]
    pruned = [trial for trial in search.trials if trial.state == "pruned"]
    sure = search.gain is not None and search.gain.is_sure
    return Section(
        question="Is there a better candidate?",
        answer=search.verdict(),
        template="search.html",
        values={
            "search": search,
            "start": start,
            "rows": [(trial, changes(trial.candidate, start)) for trial in search.ranked()[:SHOWN]],
            "pictures": list(search_pictures(search).values()),
            "failed": failed,
            "pruned": len(pruned),
        },
        facts={
            "best_trial": search.best,
            f"best_cv_{search.metric}": round(best.score or 0.0, 4),
            **({"gain": round(search.gain.mean, 4)} if search.gain else {}),
            "trials": len(search.trials),
            "pruned": len(pruned),
            "failed": len(failed),
            "ended": search.ended,
        },
        tone="good" if sure else "plain",
    )


def search_pictures(search: Search) -> dict[str, Picture]:
    """Draw a search: file name, without its ending, to picture."""
    pictures = {"best_so_far": best_so_far(search), "parallel_coordinates": parallel_coordinates(search)}
    return pictures | ({"importance": importance(search)} if search.importance else {})


def best_so_far(search: Search) -> Picture:
    """Draw each finished trial's score as a dot, and the best so far as a line."""
    done = [trial for trial in search.trials if trial.state == "done" and trial.score is not None]
    scores = [trial.score or 0.0 for trial in done]
    numbers = [float(trial.number) for trial in done]
    low, high = _span(scores)
    axes = Axes(left=48, bottom=206, x=(0, max(numbers[-1], 1)), y=(low, high))
    middle = (low + high) / 2
    ticks = [(value, f"{value:.3f}") for value in (low, middle, high)]
    marks: list[Mark] = [
        *axes.marks(
            across="trials", up=metric_name(search.metric), x_ticks=round_ticks(max(numbers[-1], 1)), y_ticks=ticks
        ),
        axes.line(numbers, search.best_so_far(), "recommends"),
    ]
    for number, score in zip(numbers, scores, strict=True):
        if score >= low:
            marks.append(Dot(*axes.at(number, score), "recommends", 3))
    return Picture("Best so far", 250, marks)


def importance(search: Search) -> Picture:
    """Draw what share of the scores' variance each choice explains by itself."""
    line, left, reach = 18, 190, 120
    marks: list[Mark] = []
    for place, (name, part) in enumerate(search.importance.items()):
        y = 6 + place * line
        marks.append(Text(left - 8, y + line - 6, cut(name, _LONGEST_NAME), "end"))
        marks.append(Bar(left, y + 2, max(reach * part, 1), line - 5, "recommends"))
        marks.append(Text(left + reach * part + 6, y + line - 6, share(part), "start", "note"))
    return Picture("Share of the scores' variance that each choice explains", 14 + line * len(search.importance), marks)


def parallel_coordinates(search: Search) -> Picture:
    """Draw the trials of the best trial's family: a line through what each chose, the best quarter in colour."""
    best = search.best_trial
    alike = [trial for trial in search.ranked() if trial.candidate.family == best.candidate.family and trial.values]
    names = [name for name in (alike[0].values if alike else ()) if "." in name]
    if not names:
        return Picture("No trials to compare", 40, [Text(10, 20, "only the start was finished", "start", "note")])
    top, bottom, left = 24, 200, 30
    step = (330 - left) / max(len(names), 1)
    places = {name: _places(alike, name) for name in names}
    low, high = _span([trial.score or 0.0 for trial in alike])
    marks: list[Mark] = []
    for column, name in enumerate([*names, f"X.{search.metric}"]):
        x = left + column * step
        marks.append(Line([(x, top), (x, bottom)], "grid"))
        marks.append(Text(x, bottom + 14 + 13 * (column % 2), cut(name.partition(".")[2], 22), "middle", "note"))
    for rank in reversed(range(len(alike))):
        trial = alike[rank]
        heights = [places[name][trial.number] for name in names]
        heights.append(min(max(((trial.score or 0.0) - low) / (high - low), 0.0), 1.0))
        points = [
            (round(left + column * step, 1), round(bottom - (bottom - top) * up, 1))
            for column, up in enumerate(heights)
        ]
        marks.append(Line(points, "recommends" if rank < max(len(alike) // 4, 1) else "guess"))
    return Picture(f"What trials of {best.candidate.family} chose; the best quarter in colour", 236, marks)


def _places(trials: list[Trial], name: str) -> dict[int, float]:
    """Place each trial's value on an axis from 0 to 1: by rank, so that every kind of range can be seen."""
    values = {trial.number: trial.values[name] for trial in trials if name in trial.values}
    order = sorted(set(values.values()), key=lambda value: (isinstance(value, str), value))
    most = max(len(order) - 1, 1)
    return {
        trial.number: order.index(values[trial.number]) / most if trial.number in values else 0.0 for trial in trials
    }


def _span(scores: list[float]) -> tuple[float, float]:
    """Choose an axis that holds the better three quarters of the scores: one bad trial would flatten the others."""
    ordered = sorted(scores)
    low, high = ordered[len(ordered) // 4], ordered[-1]
    low = min(low, high - _NARROWEST)
    return low - (high - low) * 0.1, high + (high - low) * 0.1
