"""A section answers one question about one record; a page is one section, a report several."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import singledispatch
from typing import Any

from markupsafe import Markup

from sentiment.reports.templates import render

Fact = str | int | float | bool


@dataclass(frozen=True)
class Section:
    """The answer to one question.

    Attributes:
        question: That a person has.
        answer: In a sentence; what is read first and maybe alone.
        template: Of the details.
        values: What the template shows. Everything in it is taken for untrusted text and escaped.
        facts: The key numbers under plain names.
        tone: Of the answer: ``good``, ``bad`` or ``plain``.
    """

    question: str
    answer: str
    template: str
    values: Mapping[str, Any]
    facts: Mapping[str, Fact] = field(default_factory=dict)
    tone: str = "plain"

    def details(self) -> Markup:
        """Render what stands below the answer."""
        return render(self.template, **self.values)


@singledispatch
def section(record: object) -> Section | None:
    """Make the section about a record; None for one that is nothing to look at.

    A new page is one new function, registered here for its type of record.
    """
    del record
    return None


def page(*shown: Section) -> str:
    """Write a whole HTML page, titled as its first section: no script, no network, light or dark as one likes."""
    return str(render("page.html", title=shown[0].answer, sections=shown))
