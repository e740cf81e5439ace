"""`python run.py stack`: where the pipelines run."""

from __future__ import annotations

import os
import sys

import click

from commands.project import ROOT
from commands.terminal.output import console, json_option, print_json

team_argument = click.argument("name", type=click.Choice(["team"]), default="team")


@click.group()
def stack() -> None:
    """Set up the stack that the pipelines run on, and see what it is made of."""


@stack.command("set-up")
@click.argument("name", default="local")
@click.option("--set", "settings", multiple=True, metavar="NAME=value", help="For ${NAME} in its YAML; repeatable.")
def set_up(name: str, settings: tuple[str, ...]) -> None:
    """Register stack NAME (default: local) and make it this project's active one. Doing it twice changes nothing.

    Exit code 1 when something is missing before it can run: then it is registered, and not active.

    Example: python run.py stack set-up gcp --set GCP_PROJECT=reviews-prod
    """
    from stack_config.definition import load_definition

    definition = load_definition(name, {**_known_values(name), **os.environ, **_parsed(settings)})

    from stack_config import needs, registration

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
@team_argument
def up(name: str) -> None:
    """Start the team server on this machine (MLflow with accounts, PostgreSQL), and register the stack.

    Example: python run.py stack up team
    """
    from stack_config import registration
    from stack_config.definition import load_definition
    from stack_config.team.server import ADMIN, bring_up

    state, changes = bring_up()
    changes += registration.set_up(load_definition(name, {"MLFLOW_URL": state.address}))
    for change in changes or ["the team server runs already; nothing to change"]:
        click.echo(change)
    click.echo(f"MLflow answers at {state.address}; log in as {ADMIN}:")
    click.echo(f"  python run.py stack password {name}        # shows the password")
    click.echo("Train on it:")
    click.echo(f"  python run.py --stack {name}               # this once")
    click.echo(f"  python run.py stack set-up {name}          # from now on, in this project")
    click.echo(f"  python run.py stack down {name}            # stops it; the data stays")


@stack.command()
@team_argument
@click.option("--delete-data", is_flag=True, help="Delete its runs, versions, files and accounts as well.")
@click.option("--yes", is_flag=True, help="Do not ask before deleting.")
def down(name: str, delete_data: bool, yes: bool) -> None:
    """Stop the team server; its data stays.

    Example: python run.py stack down team
    """
    from stack_config.team.server import take_down

    if delete_data and not yes:
        click.confirm(f"Delete everything that was tracked and registered on stack {name}?", abort=True)
    for change in take_down(delete_data=delete_data) or ["the team server does not run; nothing to change"]:
        click.echo(change)


@stack.command()
@team_argument
@click.option("--account", default="admin", show_default=True, help="admin, or pipelines.")
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
    from stack_config.team.folder import TeamFolder

    state = TeamFolder().state() if name == "team" else None
    return {"MLFLOW_URL": state.address} if state else {}


def _parsed(settings: tuple[str, ...]) -> dict[str, str]:
    pairs = [setting.partition("=") for setting in settings]
    if wrong := [name for name, separator, value in pairs if not (name and separator and value)]:
        raise click.UsageError(f"--set takes NAME=value; found: {', '.join(wrong)}")
    return {name: value for name, _, value in pairs}
