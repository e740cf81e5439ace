"""`python run.py predictions`: what the service answered, and forgetting it."""

from __future__ import annotations

from datetime import datetime

import click

from commands.project import PREDICTIONS
from commands.terminal.output import console, json_option, print_json
from commands.times import PastTime
from commands.without_zenml import GroupWithoutZenML
from sentiment.environment import PREDICTIONS_VARIABLE
from sentiment.phrases import amount, some
from sentiment.times import shown

_SHOWN = 20
_ZONE = "It is UTC, unless an offset such as +01:00, or a zone such as Europe/Berlin behind a space, follows."

DATABASES = ("postgresql", "team")
PLACES = "|".join(("DIR", *DATABASES))


def checked_place(ctx: click.Context, param: click.Parameter, where: str) -> str:  # noqa: ARG001
    """Check that what a place of predictions needs is installed; the callback of an option."""
    if where in DATABASES:
        from sentiment.service.predictions.postgresql import require_driver

        require_driver()
    return where


log_option = click.option(
    "--log",
    "log",
    metavar=PLACES,
    envvar=PREDICTIONS_VARIABLE,
    default=str(PREDICTIONS),
    show_default=".predictions",
    callback=checked_place,
    help=f"Where the service records; the variable {PREDICTIONS_VARIABLE} is heeded.",
)


@click.group(cls=GroupWithoutZenML, invoke_without_command=True)
@log_option
@click.option("--since", type=PastTime(), help=f"Leave out what was answered before this time. {_ZONE}")
@json_option
@click.pass_context
def predictions(ctx: click.Context, log: str, since: datetime | None, as_json: bool) -> None:
    """Show the latest answers of the service, with what customers said later; with --json all of them.

    Example: python run.py predictions --since 2026-01-31 --json
    """
    if ctx.invoked_subcommand is not None:
        return
    from sentiment.monitoring.window import labels_by_id
    from stack_config.prediction_log import open_log

    store = open_log(log)
    found = store.read(since=since)
    labels, _ = labels_by_id(found.feedback)
    said = {one.id: labels[one.id] for one in found.predictions if one.id in labels}
    if found.broken:
        click.echo(f"{amount(len(found.broken), 'line')} cannot be read: {some(found.broken)}", err=True)
    if as_json:
        import msgspec

        print_json([msgspec.to_builtins(one) | {"customer_said": said.get(one.id)} for one in found.predictions])
        return
    if not found.predictions:
        click.echo(f"No predictions are recorded in {store}.")
        return

    from commands.terminal.recorded import recorded_table

    console().print(recorded_table(found.predictions[-_SHOWN:], said))
    when = f" since {shown(since)}" if since else ""
    number = amount(len(found.predictions), "prediction")
    click.echo(f"{number}{when}, {len(said):,} with what the customer said, in {store}")
    if not since and (unknown := labels.keys() - said.keys()):
        click.echo(f"{amount(len(unknown), 'label is', 'labels are')} about predictions that are not there.")


@predictions.command()
@log_option
@click.argument("identities", nargs=-1, metavar="[ID]...")
@click.option("--before", type=PastTime(), help=f"Forget everything that was answered before this. {_ZONE}")
def forget(log: str, identities: tuple[str, ...], before: datetime | None) -> None:
    """Delete predictions and their feedback for good, by ID or by time; a running service goes on.

    Example: python run.py predictions forget 0f8fad5bd9cb469fa165f33e0d1f1b0c
    """
    if not identities and before is None:
        raise click.UsageError("nothing was named: one ID or more, or --before DATE expected")
    from stack_config.prediction_log import open_log

    store = open_log(log)
    forgotten = store.forget(identities, before=before)
    click.echo(f"{amount(forgotten, 'record was', 'records were')} deleted from {store}.")
