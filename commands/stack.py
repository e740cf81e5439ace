"""`python run.py stack`: where the pipelines run."""

from __future__ import annotations

import os
import sys

import click

from commands.project import ROOT
from commands.terminal.output import console, json_option, print_json
from stack_config.servers.startable import STARTABLE, server_of

startable_argument = click.argument("name", type=click.Choice(STARTABLE), default="team")
team_argument = click.argument("name", type=click.Choice(["team"]), default="team")


@click.group()
def stack() -> None:
    """Set up the stack that the pipelines run on, and see what it is made of."""


@stack.command("set-up")
@click.argument("name", default="local")
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="NAME=value",
    help="A value for ${NAME} in the stack's YAML; repeatable.",
)
def set_up(name: str, settings: tuple[str, ...]) -> None:
    """Register stack NAME (default: local) and make it this project's active one. Doing it twice changes nothing.

    Exit code 1 when something is missing before it can run: then it is registered, and not active.

    Example: python run.py stack set-up gcp --set GCP_PROJECT=reviews-prod
    """
    from stack_config.definition import load_definition

    definition = load_definition(name, {**_known_values(name), **os.environ, **_parsed(settings)})

    from stack_config import needs, registration

    needs.require_packages(definition)
    needs.require_secrets(definition)
    changes = registration.set_up(definition)
    missing = needs.missing(definition)
    if not missing:
        changes += registration.activate(name, ROOT)
        changes = changes or [f"stack {name} is set up and active; nothing to change"]
    for line in changes:
        click.echo(line)
    if missing:
        click.echo(f"Stack {name} is registered, but it cannot run yet:", err=True)
        for sentence in missing:
            click.echo(f"  - {sentence}", err=True)
        sys.exit(1)


@stack.command()
@startable_argument
def up(name: str) -> None:
    """Start the server of stack NAME (default: team) on this machine, and register the stack.

    team: MLflow with accounts, on PostgreSQL. s3: moto, which speaks S3; its stack becomes the project's active one.
    moto keeps objects in memory: it is for trying it out, and what is in it is gone when it is stopped.

    Example: python run.py stack up s3
    """
    from stack_config import registration
    from stack_config.definition import load_definition

    server = server_of(name)
    started = server.bring_up()
    changes = started.changes + registration.set_up(load_definition(name, started.values))
    if server.ACTIVATES:
        changes += registration.activate(name, ROOT)
    for line in [*(changes or [f"the {server.WHAT} runs already; nothing to change"]), *started.told]:
        click.echo(line)


@stack.command()
@startable_argument
@click.option("--delete-data", is_flag=True, help="Delete the team's runs, versions, files and accounts as well.")
@click.option("--yes", is_flag=True, help="Do not ask before deleting.")
def down(name: str, delete_data: bool, yes: bool) -> None:
    """Stop the server of stack NAME (default: team). The team's data stays; what was in the S3 server is gone.

    Example: python run.py stack down s3
    """
    server = server_of(name)
    if delete_data and not yes:
        click.confirm(f"Delete {server.LOST} on stack {name}?", abort=True)
    for change in server.take_down(delete_data=delete_data) or [f"the {server.WHAT} does not run; nothing to change"]:
        click.echo(change)


@stack.command()
@team_argument
@click.option("--account", default="admin", show_default=True, help="The account that is shown: admin, or pipelines.")
def password(name: str, account: str) -> None:
    """Show the password of an account on the team server, and nothing else.

    Example: python run.py stack password team
    """
    from sentiment.errors import ConfigError
    from stack_config.team.server import credentials

    kept = credentials()
    if account not in kept:
        known = ", ".join(sorted(kept)) or f"none; `python run.py stack up {name}` makes some"
        raise ConfigError(f"no account {account!r} is kept; there are: {known}")
    click.echo(kept[account])


@stack.command()
@json_option
def status(as_json: bool) -> None:
    """Show each component of the active stack, whether it answers, and the versions of clients and servers.

    Example: python run.py stack status --json
    """
    from stack_config.status import describe_active

    described = describe_active()
    if as_json:
        print_json(described.model_dump(mode="json"))
        return

    from commands.terminal.tables import stack_table

    console().print(stack_table(described))
    for what, version in described.versions.items():
        click.echo(f"{what}: {version or 'unknown'}")


def _known_values(name: str) -> dict[str, str]:
    """What needs not be said, because it was started here."""
    return server_of(name).known_values() if name in STARTABLE else {}


def _parsed(settings: tuple[str, ...]) -> dict[str, str]:
    pairs = [setting.partition("=") for setting in settings]
    if wrong := [name for name, separator, value in pairs if not (name and separator and value)]:
        raise click.UsageError(f"--set takes NAME=value; found: {', '.join(wrong)}")
    return {name: value for name, _, value in pairs}
