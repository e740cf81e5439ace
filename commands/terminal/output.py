"""What every command prints with."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.console import Console


_STEERING = re.compile("[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u2028-\\u202e\\u2066-\\u2069\\ud800-\\udfff]")
"""What a terminal does not show but obeys: all control characters but tab and line feed, and turns of direction."""


def escaped(text: str, *, one_line: bool = False) -> str:
    """Give text that came from outside as a terminal may be given it.

    Args:
        text: Whatever it is.
        one_line: Whether line feeds and tabs are written as escapes too.
    """
    shown = _STEERING.sub(lambda sign: sign[0].encode("unicode_escape").decode(), text)
    return shown.replace("\n", "\\n").replace("\t", "\\t") if one_line else shown


def console() -> Console:
    """Open the terminal: colours and width where there are some, plain text in a pipe, as wide as ``COLUMNS`` says."""
    plain_width = 160
    terminal = literal()
    return terminal if terminal.is_terminal or os.environ.get("COLUMNS", "").isdigit() else literal(width=plain_width)


def literal(**options: Any) -> Console:
    """Open a console on which text is text, whatever it looks like: much of it comes from files and other people.

    Args:
        options: As rich's own `Console` takes them.
    """
    from rich.console import Console
    from rich.text import Text

    class Literal(Console):
        def render_str(self, text: str, **how: Any) -> Text:
            return super().render_str(escaped(text), **how)

    return Literal(highlight=False, markup=False, emoji=False, **options)


def tells(what: str) -> bool:
    """Ask how talkative the command is: whether it tells ``steps``, ``hints`` for the person, or neither."""
    options = click.get_current_context().find_root().params
    # With --verbose, ZenML tells its steps itself.
    return not options["quiet"] and (what == "hints" or not options["verbose"])


@contextmanager
def waiting_for(what: str) -> Iterator[None]:
    """Show on a terminal that something is waited for, while the body does it."""
    terminal = literal(stderr=True)
    if terminal.is_terminal and tells("steps"):
        with terminal.status(f"waiting for {what}"):
            yield
    else:
        yield


def print_json(value: Any) -> None:
    """Print for machines: one JSON document, dates in ISO 8601."""
    click.echo(json.dumps(value, indent=2, default=str, ensure_ascii=False))


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")
