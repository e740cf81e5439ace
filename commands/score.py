"""`python run.py score`."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commands.given_files import kept_if_standard_input
from commands.schema_options import schema_options
from commands.terminal.output import json_option, print_json, tells

if TYPE_CHECKING:
    from sentiment.reviews.schema import Schema
    from sentiment.scoring.files import ScoringReport


@click.command()
@click.argument("source", metavar="IN", type=click.Path(path_type=Path, allow_dash=True))
@click.argument("destination", metavar="OUT.csv|OUT.parquet", type=click.Path(path_type=Path))
@click.option("--version", default="champion", show_default=True, help="A number, or champion.")
@click.option("--encoding", default="utf-8", show_default=True, help="Of IN, where it is text.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes.")
@click.option("--restart", is_flag=True, help="Begin again instead of going on where a killed run stopped.")
@click.option("--overwrite", is_flag=True, help="Replace the output if it is there.")
@click.option(
    "--safe-for-spreadsheets/--exact",
    "safe",
    default=True,
    show_default=True,
    help="Put an apostrophe before text in OUT.csv that a spreadsheet would run, or leave all text as it is.",
)
@schema_options
@json_option
def score(
    source: Path,
    destination: Path,
    version: str,
    encoding: str,
    workers: int,
    restart: bool,
    overwrite: bool,
    safe: bool,
    schema: Schema | None,
    as_json: bool,
) -> None:
    """Score every review of a file of any size; a killed run goes on where it stopped when it is started again.

    IN is CSV, JSON lines or Parquet, packed by gzip or zip or not; - is standard input. The columns are those that the
    version was trained with, unless options say otherwise.

    Exit code 1 when rows were rejected because the file is damaged there (wrong number of fields, a quote that never
    closes, bytes that are no text): all other rows are scored, and OUT.rejected.csv names the lines.
    """
    from sentiment.reviews.unpacking import require_regular
    from sentiment.scoring.files import Order, check_order

    source = kept_if_standard_input(source)
    require_regular(source)
    if schema is None:
        schema = _schema_of(version)
    order = Order(
        source.resolve(),
        destination.resolve(),
        version,
        encoding=encoding,
        workers=workers,
        restart=restart,
        overwrite=overwrite,
        schema=schema,
        exact=not safe,
    )
    check_order(order)

    from pipelines.launch import launch_scoring

    wanted = {name: str(value) if isinstance(value, Path) else value for name, value in asdict(order).items()}
    report = launch_scoring(**{**wanted, "schema": schema}, tell_steps=tells("steps"))
    if as_json:
        print_json(report.model_dump(mode="json"))
    else:
        _tell(report)
    if report.faults:
        sys.exit(1)


def _tell(report: ScoringReport) -> None:
    resumed = f" ({report.resumed_from:,} of them before it was interrupted)" if report.resumed_from else ""
    click.echo(
        f"{report.scored:,} of {report.rows:,} rows{resumed} scored with version {report.version} "
        f"in {report.seconds:.1f} s; read as {report.read_as}:"
    )
    click.echo(f"  {report.output}")
    if report.without_known_words:
        click.echo(
            f"Of {report.without_known_words:,} rows the model knows no word (known_words is 0): "
            "their probability is its answer to an empty review."
        )
    for note in report.notes:
        click.echo(f"Note: {note}.")
    if report.rejected:
        damaged = f", {report.faults:,} because the file is damaged there" if report.faults else ""
        click.echo(f"{report.rejected:,} rows could not be scored{damaged}; their lines and the reasons:")
        click.echo(f"  {report.rejected_file}")


def _schema_of(version: str) -> Schema:
    """Take the columns that a version was trained with."""
    from sentiment.reviews.schema import Schema
    from steps.shared.registry import open_registry

    return Schema.of_tags(open_registry().version(version).tags)
