"""What is in production now?"""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from sentiment.reports.section import Section, section
from sentiment.training.lineage import display_name

SHOWN = ("mcc", "roc_auc", "accuracy")


class Champion(BaseModel):
    """The version that is in production.

    Attributes:
        metrics: Those of the test rows, as they were when it was registered.
        since: When it became the champion, and `who` made it so; None where the audit trail does not tell.
        monitoring: What its newest window was; None where nobody watched.
    """

    model_config = ConfigDict(frozen=True)

    version: str
    candidate: str
    is_sample: bool
    metrics: dict[str, float]
    since: datetime | None
    who: str | None
    monitoring: str | None = None


class Production(BaseModel):
    """What the registry said when it was asked.

    Attributes:
        asked: When.
        champion: None before the first release.
    """

    model_config = ConfigDict(frozen=True)

    model: str
    asked: datetime
    champion: Champion | None


@section.register
def _(production: Production) -> Section:
    champion = production.champion
    answer = "Nothing: no version was promoted yet"
    if champion is not None:
        answer = f"Version {champion.version}: {display_name(champion.candidate, is_sample=champion.is_sample)}"
    return Section(
        question="What is in production now?",
        answer=answer,
        template="production.html",
        values={"production": production, "metrics": SHOWN},
        facts={"champion": champion.version if champion else "none"},
    )
