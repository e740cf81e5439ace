"""`python run.py stack`: where the pipelines run."""

from __future__ import annotations

import click

from commands.output import console, json_option, print_json
from commands.project import ROOT


@click.group()
def stack() -> None:
    """Set up the stack that the pipelines run on, and see what it is made of."""


@stack.command("set-up")
@click.argument("name", default="local")
def set_up(name: str) -> None:
    """Register stack NAME (default: local) and make it this project's active one. Doing it twice changes nothing."""
    from stack_config.definition import load_definition

    definition = load_definition(name)

    from stack_config import registration

    changes = registration.set_up(definition)
    changes += registration.activate(name, ROOT)
    for change in changes or [f"stack {name} is set up and active; nothing to change"]:
        click.echo(change)


@stack.command()
@json_option
def status(as_json: bool) -> None:
    """Show each component of the active stack."""
    from stack_config.registration import describe_active

    described = describe_active()
    if as_json:
        print_json(described.model_dump(mode="json"))
        return

    from commands.tables import stack_table

    console().print(stack_table(described))
