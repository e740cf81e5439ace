"""`python -m benchmarks`: every comparison, as a table and as JSON."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from benchmarks import (
    bayes,
    cleaning,
    embedding,
    growth,
    large_window,
    linear,
    monitoring,
    pipeline,
    quality,
    scoring,
    search,
    service,
    serving,
    spark,
)
from benchmarks.data import ROOT
from benchmarks.timing import VALUE, Comparison
from sentiment.reviews.sources import resolve

Compare = Callable[..., list[Comparison]]
COMPARISONS: dict[str, Compare] = {
    "cleaning": cleaning.compare,
    "bayes": bayes.compare,
    "quality": quality.compare,
    "linear": linear.compare,
    "embedding": embedding.compare,
    "serving": serving.compare,
    "service": service.compare,
    "scoring": scoring.compare,
    "memory": scoring.compare_memory,
    "growth": growth.compare,
    "pipeline": pipeline.compare,
    "search": search.compare,
    "monitoring": monitoring.compare,
    "large_window": large_window.compare,
    "spark": spark.compare,
    "spark_training": spark.compare_training,
}

LONG = ("embedding", "growth", "pipeline", "search", "spark", "spark_training")
"""Left out with ``--short``: what takes long with few rows too, and is run by the tests as well."""


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(list(COMPARISONS)))
@click.option(
    "--data", help="A file of reviews.  [default: REVIEWS_CSV, the real file where it is in place, the sample]"
)
@click.option("--short", is_flag=True, help="Fewer rows and repetitions, wider bounds: only a gross regression shows.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write the results here too.")
def main(names: tuple[str, ...], data: str | None, short: bool, json_file: Path | None) -> None:
    """Compare NAMES (all, without names) side by side; exit code 1 when a bound is not kept."""
    source = resolve(data or os.environ.get("REVIEWS_CSV"), ROOT)
    if source.is_sample:
        click.echo("Measuring on the bundled sample: bounds are meant for the real reviews.", err=True)
    rows: list[Comparison] = []
    for name in names or [name for name in COMPARISONS if not (short and name in LONG)]:
        click.echo(f"measuring {name} …", err=True)
        rows += COMPARISONS[name](source.path, short=short)
    if json_file:
        json_file.write_text(json.dumps([row.model_dump() for row in rows], indent=2) + "\n", encoding="utf-8")
    terminal = Console(width=None if sys.stdout.isatty() else 170)
    terminal.print(_table(rows))
    sys.exit(0 if all(row.kept for row in rows) else 1)


def _table(rows: list[Comparison]) -> Table:
    table = Table("what", "against", "ours", "reference", "ratio", "must be", "")
    for row in rows:
        table.add_row(
            row.name,
            row.against,
            _amount(row.ours, row.unit),
            _amount(row.reference, row.unit),
            f"{row.ratio:,.2f}",
            row.bound,
            "✓" if row.kept else "✗",
        )
    return table


def _amount(value: float, unit: str) -> str:
    if unit == VALUE:
        return f"{value:.4f}"
    if unit == "B":
        return f"{value / 1e6:,.0f} MB"
    return f"{value:,.2f} s" if value >= 0.1 else f"{value * 1e3:.2f} ms"


if __name__ == "__main__":
    main()
