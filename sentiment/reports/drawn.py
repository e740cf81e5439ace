"""What does Evidently draw?"""

from __future__ import annotations

from sentiment.monitoring.tools import EVIDENTLY, Drawn
from sentiment.reports.section import Section, section


@section.register
def _(drawn: Drawn) -> Section:
    answer = "Its report has scripts, and ZenML's dashboard runs none; it is kept whole in this artifact"
    return Section(
        question=f"What does {EVIDENTLY.name} draw of the window?",
        answer=f"There is none: {drawn.failure}" if drawn.failure else answer,
        template="drawn.html",
        values={"drawn": drawn},
        facts={"bytes": len(drawn.page.encode())},
        tone="bad" if drawn.failure else "plain",
    )
