"""What every command prints with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.console import Console


def console() -> Console:
    """Open the terminal: colours and width where there are some, plain text in a pipe."""
    plain_width = 160
    terminal = literal()
    return terminal if terminal.is_terminal else literal(width=plain_width)


def literal(**options: Any) -> Console:
    """Open a console on which text is text, whatever it looks like: much of it comes from files and other people.

    Args:
        options: As rich's own `Console` takes them.
    """
    from rich.console import Console

    return Console(highlight=False, markup=False, emoji=False, **options)


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
