"""The options that say which columns of a file are what: the same for every command that reads reviews."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from commands.given_files import GivenPath

if TYPE_CHECKING:
    from sentiment.reviews.schema import Schema

Command = TypeVar("Command", bound=Callable[..., Any])

_OPTIONS = {
    "text": ("--text-column", "Column of the review."),
    "title": ("--title-column", "Column of the title."),
    "label": (
        "--label-column",
        "Column of the label: 1 or 0, true or false, yes or no, or a number with thresholds.",
    ),
    "id": ("--id-column", "Column that names a row to you."),
    "department": ("--department-column", "Column that reviews are grouped by."),
}
_THRESHOLDS = {
    "recommended_from": ("--recommended-from", "The least number that recommends, such as 4 stars."),
    "not_recommended_to": ("--not-recommended-to", "The greatest number that does not; rows between are left out."),
}


def schema_options(command: Command) -> Command:
    """Give a command the options of a schema; it gets `schema`, or None where none of them was used."""

    @wraps(command)
    def with_schema(*args: Any, schema_path: Path | None, **options: Any) -> Any:
        given = {name: options.pop(f"schema_{name}") for name in (*_OPTIONS, *_THRESHOLDS)}
        return command(*args, schema=_schema(schema_path, given), **options)

    wrapped: Any = click.option(
        "--schema",
        "schema_path",
        type=GivenPath(),
        help="A YAML with the columns; options go before it.",
    )(with_schema)
    for name, (option, words) in reversed(_THRESHOLDS.items()):
        wrapped = click.option(option, f"schema_{name}", type=float, metavar="NUMBER", help=words)(wrapped)
    for name, (option, words) in reversed(_OPTIONS.items()):
        wrapped = click.option(option, f"schema_{name}", metavar="NAME", help=words)(wrapped)
    checked: Command = wrapped
    return checked


def _schema(path: Path | None, given: dict[str, Any]) -> Schema | None:
    named = {name: value for name, value in given.items() if value is not None}
    if path is None and not named:
        return None
    from sentiment.configuration import read_mapping
    from sentiment.reviews.schema import Schema

    read = read_mapping(path) if path else {}
    return Schema.from_mapping({**read, **named}, source=str(path) if path else "the options")
