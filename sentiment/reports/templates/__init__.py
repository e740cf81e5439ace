"""The templates, and how they are filled: whatever is put into one is escaped."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from sentiment.reports import numbers


def render(template: str, **values: Any) -> Markup:
    """Fill a template of this folder."""
    return Markup(_environment().get_template(template).render(**values))  # noqa: S704  (autoescape made it safe)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "count": numbers.count,
        "share": numbers.share,
        "metric": numbers.metric,
        "interval": numbers.interval,
        "signed": numbers.signed,
        "magnitude": numbers.magnitude,
        "size": numbers.size,
        "metric_name": numbers.metric_name,
        "cut": numbers.cut,
        "printable": numbers.printable,
    }
    return environment
