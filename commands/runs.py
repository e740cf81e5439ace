"""`python run.py runs`."""

from __future__ import annotations

import click

from commands.stores import run_store_to_look_at
from commands.terminal.output import console, json_option, print_json
from commands.without_zenml import WithoutZenML


@click.command(cls=WithoutZenML)
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=100, show_default=True, help="Show at most so many runs."
)
@json_option
def runs(limit: int, as_json: bool) -> None:
    """List the experiment's candidates, newest first.

    Example: python run.py runs --json
    """
    _, store = run_store_to_look_at()
    tracked = store.candidates(limit)
    if as_json:
        print_json([run.model_dump(mode="json") for run in tracked])
        return

    from commands.terminal.tables import runs_table

    if tracked:
        terminal = console()
        terminal.print(runs_table(tracked, terminal.width))
    else:
        click.echo("Nothing was trained yet: `python run.py` does.")
