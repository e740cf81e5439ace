"""`python run.py report`."""

from __future__ import annotations

from pathlib import Path

import click

from commands.terminal.output import json_option, print_json


@click.command()
@click.argument("run", required=False)
@click.option(
    "--out", "path", type=click.Path(path_type=Path, dir_okay=False), default=Path("report.html"), show_default=True
)
@click.option("--overwrite", is_flag=True, help="Replace the file if it is there.")
@json_option
def report(run: str | None, path: Path, overwrite: bool, as_json: bool) -> None:
    """Write everything about a training run as one HTML page, to send to somebody.

    RUN is its name or id in ZenML, or the id of its MLflow run.  [default: the newest that finished on this stack]
    """
    from sentiment.atomic import write_atomically
    from sentiment.errors import InputError

    if path.exists() and not overwrite:
        raise InputError(f"{path} exists already; --overwrite replaces it")
    if not path.parent.is_dir():
        raise InputError(f"{path.parent} is no folder; one to write {path.name} into expected")

    from pipelines.finished import find_run, read_run
    from sentiment.reports.training_run import training_run_page

    found = read_run(find_run(run))
    try:
        write_atomically(path, training_run_page(found))
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}") from error
    if as_json:
        print_json({"path": str(path.resolve()), **found.facts()})
    else:
        click.echo(f"Wrote the report of {found.report.zenml_run} to {path}")
