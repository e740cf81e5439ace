"""`python run.py score`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from commands.terminal.output import json_option, print_json, tells


@click.command()
@click.argument("source", metavar="IN.csv", type=click.Path(path_type=Path))
@click.argument("destination", metavar="OUT.csv|OUT.parquet", type=click.Path(path_type=Path))
@click.option("--version", default="champion", show_default=True, help="A number, or champion.")
@click.option("--encoding", default="utf-8", show_default=True, help="Of IN.csv.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes.")
@click.option("--restart", is_flag=True, help="Begin again instead of going on where a killed run stopped.")
@click.option("--overwrite", is_flag=True, help="Replace the output if it is there.")
@json_option
def score(
    source: Path,
    destination: Path,
    version: str,
    encoding: str,
    workers: int,
    restart: bool,
    overwrite: bool,
    as_json: bool,
) -> None:
    """Score every review of a CSV of any size; a killed run goes on where it stopped when it is started again."""
    from sentiment.scoring.files import Order, check_order

    order = Order(source.resolve(), destination.resolve(), version, encoding, workers, restart, overwrite)
    check_order(order)

    from pipelines.launch import launch_scoring

    wanted = {name: str(value) if isinstance(value, Path) else value for name, value in asdict(order).items()}
    report = launch_scoring(**wanted, tell_steps=tells("steps"))
    if as_json:
        print_json(report.model_dump(mode="json"))
        return
    resumed = f" ({report.resumed_from:,} of them before it was interrupted)" if report.resumed_from else ""
    click.echo(f"{report.scored:,} rows{resumed} scored with version {report.version} in {report.seconds:.1f} s:")
    click.echo(f"  {report.output}")
    if report.rejected:
        click.echo(f"{report.rejected:,} rows could not be scored; their numbers and the reasons:")
        click.echo(f"  {report.rejected_file}")
