"""May it go to production?"""

from __future__ import annotations

from sentiment.release.promotion import Decision
from sentiment.reports.section import Section, section


@section.register
def _(decision: Decision) -> Section:
    failed = [check for check in decision.checks if not check.passed]
    who = f"version {decision.challenger}" if decision.challenger else "the challenger"
    if decision.note:
        answer, tone = "The gate was not asked", "plain"
    elif decision.forced is not None:
        answer, tone = f"By force: {who} was promoted although it did not pass", "bad"
    elif decision.promoted:
        answer, tone = f"Yes: {who} is the champion now", "good"
    else:
        answer, tone = f"No: {who} was not promoted", "bad"
    return Section(
        question="May it go to production?",
        answer=answer,
        template="decision.html",
        values={"decision": decision, "failed": len(failed)},
        facts={
            "promoted": decision.promoted,
            "checks": len(decision.checks),
            "failed": ", ".join(check.name for check in failed) or "none",
            **({"note": decision.note} if decision.note else {}),
        },
        tone=tone,
    )
