"""Is production still what it was?"""

from __future__ import annotations

from sentiment.monitoring.history import Watched
from sentiment.reports.charts import Bar, Mark, Picture, Text
from sentiment.reports.numbers import count
from sentiment.reports.section import Section, section

TONES = {"ok": "good", "alarm": "bad", "unknown": "plain"}
_SHOWN = {"ok": "No change was found", "alarm": "Something has changed", "unknown": "Nothing can be said"}
_PROMISED = "How good the model still is, as far as its own probabilities tell"
_SAID = "How good it is by what customers said"
_LEFT, _WIDTH, _BOTTOM, _HIGH = 24, 31, 170, 140


@section.register
def _(watched: Watched) -> Section:
    judgement = watched.judgement
    alarms = [finding.name for finding in judgement.raised] + list(judgement.breaches)
    return Section(
        question=f"Is version {watched.version} still asked, and does it still answer, as when it was registered?",
        answer=f"{_SHOWN[judgement.state]}: {'; '.join(alarms or judgement.reasons)}",
        template="watched.html",
        values={
            "watched": watched,
            "reasons": judgement.reasons if alarms else (),
            "findings": sorted(judgement.findings, key=lambda finding: finding.p_value),
            "tables": [
                (_PROMISED, sorted(judgement.estimates.items())),
                (_SAID, sorted(judgement.measured.items())),
            ],
            "histogram": probabilities(watched) if judgement.histogram[0] else None,
        },
        facts={
            "state": judgement.state,
            "version": watched.version,
            "rows": judgement.rows,
            "labelled": judgement.labelled,
            **{f"estimated_{name}": round(one.value, 4) for name, one in judgement.estimates.items()},
            **{f"measured_{name}": round(one.value, 4) for name, one in judgement.measured.items()},
        },
        tone=TONES[judgement.state],
    )


def probabilities(watched: Watched) -> Picture:
    """Draw the reviews by their probability: the window as bars, the reference as outlines beside them."""
    window, reference = watched.judgement.histogram
    shares = [[number / max(sum(side), 1) for number in side] for side in (window, reference)]
    highest = max(max(side) for side in shares)
    marks: list[Mark] = []
    for tenth, pair in enumerate(zip(*shares, strict=True)):
        for side, (share, look) in enumerate(zip(pair, ("recommends", "quiet"), strict=True)):
            height = _HIGH * share / highest
            marks.append(Bar(_LEFT + tenth * _WIDTH + 13 * side, _BOTTOM - height, 12, height, look))
    marks += [Text(_LEFT, _BOTTOM + 16, "0"), Text(_LEFT + 10 * _WIDTH, _BOTTOM + 16, "1", "end")]
    title = f"Probability of a recommendation: {count(sum(window))} predictions in colour, the reference beside"
    return Picture(title, 196, marks)
