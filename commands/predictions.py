"""`python run.py predictions`: what the service answered, and forgetting it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from commands.project import PREDICTIONS
from commands.terminal.output import console, json_option, print_json

_DAY = "%Y-%m-%d"
_TIMES = [_DAY, "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
_SHOWN = 20

log_option = click.option(
    "--log",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=PREDICTIONS,
    show_default=".predictions",
    help="The folder that the service records in.",
)


@click.group(invoke_without_command=True)
@log_option
@click.option("--since", type=click.DateTime(_TIMES), help="Leave out what was answered before this time, UTC.")
@json_option
@click.pass_context
def predictions(ctx: click.Context, folder: Path, since: datetime | None, as_json: bool) -> None:
    """Show the latest answers of the service, with what customers said later; with --json all of them.

    Example: python run.py predictions --since 2026-01-31 --json
    """
    if ctx.invoked_subcommand is not None:
        return
    from sentiment.service.predictions import read_log

    log = read_log(folder, since=since.replace(tzinfo=UTC) if since else None)
    said = {feedback.id: feedback.recommended for feedback in log.feedback}
    if log.broken:
        click.echo(f"{len(log.broken)} lines are no records: {', '.join(log.broken[:5])}", err=True)
    if as_json:
        import msgspec

        print_json([msgspec.to_builtins(one) | {"customer_said": said.get(one.id)} for one in log.predictions])
        return
    if not log.predictions:
        click.echo(f"No predictions are recorded in {folder}.")
        return

    from commands.terminal.recorded import recorded_table

    console().print(recorded_table(log.predictions[-_SHOWN:], said))
    click.echo(f"{len(log.predictions):,} predictions, {len(said):,} with what the customer said, in {folder}")


@predictions.command()
@log_option
@click.argument("identities", nargs=-1, metavar="[ID]...")
@click.option("--before", type=click.DateTime(_TIMES), help="Forget everything that was answered before this, UTC.")
def forget(folder: Path, identities: tuple[str, ...], before: datetime | None) -> None:
    """Delete predictions and their feedback for good, by ID or by time; a running service goes on.

    Example: python run.py predictions forget 0f8fad5bd9cb469fa165f33e0d1f1b0c
    """
    if not identities and before is None:
        raise click.UsageError("nothing was named: one ID or more, or --before DATE expected")
    from sentiment.service.predictions import folder as segments
    from sentiment.service.predictions import read_log

    named = set(identities)
    if before is not None:
        limit = before.replace(tzinfo=UTC)
        named |= {one.id for one in read_log(folder).predictions if one.time < limit}
    forgotten = segments.forget(folder, lambda one: one.id in named)
    click.echo(f"{forgotten:,} records were deleted from {folder}.")
