"""`python run.py score`."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from commands.given_files import STANDARD_INPUT, PathOrAddress, kept_if_standard_input, require_path
from commands.schema_options import schema_options
from commands.spark_options import require_files, spark_options
from commands.terminal.output import json_option, print_json, tells
from commands.without_zenml import WithoutZenML
from sentiment.phrases import amount

if TYPE_CHECKING:
    from collections.abc import Callable

    from sentiment.reviews.schema import Schema
    from sentiment.scoring.files import ScoringReport
    from sentiment.scoring.order import Order
    from sentiment.spark.session import Cluster


@click.command(cls=WithoutZenML)
@click.argument("source", metavar="IN", type=PathOrAddress(allow_dash=True))
@click.argument("destination", metavar="OUT.csv|OUT.parquet", type=PathOrAddress())
@click.option(
    "--version", default="champion", show_default=True, help="The version that scores: a number, or champion."
)
@click.option("--encoding", default="utf-8", show_default=True, help="The encoding of IN, where it is text.")
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="Score in so many processes of this machine.",
)
@click.option("--restart", is_flag=True, help="Begin again instead of going on where a killed run stopped.")
@click.option("--overwrite", is_flag=True, help="Replace the output if it is there.")
@click.option(
    "--safe-for-spreadsheets/--exact",
    "safe",
    default=True,
    show_default=True,
    help="Put an apostrophe before text in OUT.csv that a spreadsheet would run, or leave all text as it is.",
)
@spark_options
@schema_options
@json_option
def score(
    source: Path | str,
    destination: Path | str,
    version: str,
    encoding: str,
    workers: int,
    restart: bool,
    overwrite: bool,
    safe: bool,
    schema: Schema | None,
    cluster: Callable[[], Cluster] | None,
    as_json: bool,
) -> None:
    """Score every review of a file of any size; a killed run goes on where it stopped when it is started again.

    IN is CSV, JSON lines or Parquet, packed by gzip or zip or not; - is standard input. The columns are those that the
    version was trained with, unless options say otherwise.

    With --engine spark, IN may be a folder or a pattern such as 'reviews/*.csv' too, and OUT becomes a folder of parts.
    Paths must be the same on every machine of the cluster; both may be addresses of an object store instead, such as
    s3a://bucket/reviews/ and s3a://bucket/scored.parquet.

    Example: python run.py score reviews.csv scored.parquet --engine spark --master 'local[2]'

    Exit code 1 when rows were rejected because the file is damaged there (wrong number of fields, a quote that never
    closes, bytes that are no text): all other rows are scored, and OUT.rejected.csv names the lines.
    """
    from sentiment.apart import require_apart
    from sentiment.reviews.unpacking import require_regular
    from sentiment.scoring.order import REJECTED_ROWS, Order

    if cluster is None:
        require_path(source)
        require_path(destination)
        is_piped = str(source) == STANDARD_INPUT  # it may be a file: `score - OUT.csv < IN.csv`
        source = kept_if_standard_input(Path(source))
        require_regular(source)
        source, destination = source.resolve(), Path(destination).resolve()
        require_apart([destination, Path(f"{destination}{REJECTED_ROWS}")], [Path("/dev/stdin")] if is_piped else [])
    else:
        require_files(source)
        require_files(destination)
        source, destination = (
            named.absolute() if isinstance(named, Path) else named for named in (source, destination)
        )
    if schema is None:
        schema = _schema_of(version)
    order = Order(
        source,
        destination,
        version,
        encoding=encoding,
        workers=workers,
        restart=restart,
        overwrite=overwrite,
        schema=schema,
        exact=not safe,
    )
    report = _score_here(order) if cluster is None else _score_by_spark(order, cluster)
    if as_json:
        print_json(report.model_dump(mode="json"))
    else:
        _tell(report)
    if report.faults:
        sys.exit(1)


def _score_here(order: Order) -> ScoringReport:
    from sentiment.scoring.order import check_order

    check_order(order)

    from pipelines.launch import launch_scoring

    return launch_scoring(**_parameters(order), tell_steps=tells("steps"))


def _score_by_spark(order: Order, cluster: Callable[[], Cluster]) -> ScoringReport:
    from sentiment.errors import InputError
    from sentiment.spark.scoring import check_spark_order

    if order.workers != 1:
        raise InputError(
            f"--workers {order.workers} is for work on this machine; Spark's master says how many there are"
        )
    check_spark_order(order)

    from pipelines.launch import launch_scoring

    parameters = _parameters(order)
    del parameters["workers"]
    return launch_scoring(by_spark=True, **parameters, cluster=cluster(), tell_steps=tells("steps"))


def _parameters(order: Order) -> dict[str, Any]:
    """Give the order as a pipeline takes it."""
    wanted = {name: str(value) if isinstance(value, Path) else value for name, value in asdict(order).items()}
    return {**wanted, "schema": order.schema}


def _tell(report: ScoringReport) -> None:
    resumed = f" ({report.resumed_from:,} of them before it was interrupted)" if report.resumed_from else ""
    click.echo(
        f"{report.scored:,} of {amount(report.rows, 'row')}{resumed} scored with version {report.version} "
        f"in {report.seconds:.1f} s; read as {report.read_as}:"
    )
    click.echo(f"  {report.output}")
    if report.without_known_words:
        click.echo(
            f"Of {amount(report.without_known_words, 'row')} the model knows no word (known_words is 0): "
            "the probability is its answer to an empty review."
        )
    for note in report.notes:
        click.echo(f"Note: {note}.")
    if report.rejected:
        damaged = f", {report.faults:,} because the file is damaged there" if report.faults else ""
        click.echo(f"{amount(report.rejected, 'row')} could not be scored{damaged}; lines and reasons:")
        click.echo(f"  {report.rejected_file}")


def _schema_of(version: str) -> Schema:
    """Take the columns that a version was trained with."""
    from sentiment.reviews.schema import Schema
    from steps.shared.registry import open_registry

    return Schema.of_tags(open_registry().version(version).tags)
