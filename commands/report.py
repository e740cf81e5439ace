"""`python run.py report`."""

from __future__ import annotations

from pathlib import Path

import click

from commands.given_files import GivenPath, require_new, write_page
from commands.terminal.output import json_option, print_json
from commands.without_zenml import WithoutZenML


@click.command(cls=WithoutZenML)
@click.argument("run", required=False)
@click.option("--out", "path", type=GivenPath(dir_okay=False), default=Path("report.html"), show_default=True)
@click.option("--overwrite", is_flag=True, help="Replace the file if it is there.")
@json_option
def report(run: str | None, path: Path, overwrite: bool, as_json: bool) -> None:
    """Write everything about a training run as one HTML page, to send to somebody.

    RUN is its name or id in ZenML, or the id of its MLflow run.  [default: the newest that finished on this stack]

    Example: python run.py report --out training.html
    """
    require_new(path, overwrite=overwrite)

    from pipelines.finished import find_run, read_run
    from sentiment.reports.training_run import training_run_page

    found = read_run(find_run(run))
    write_page(path, training_run_page(found))
    if as_json:
        print_json({"path": str(path.resolve()), **found.facts()})
    else:
        click.echo(f"Wrote the report of {found.report.zenml_run} to {path}")
