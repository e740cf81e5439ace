"""`python run.py data`: check a CSV, fetch the article's."""

from __future__ import annotations

from pathlib import Path

import click

from commands.project import ROOT
from commands.terminal.output import console, json_option, print_json


@click.group()
def data() -> None:
    """Check a CSV of reviews, or fetch the article's."""


@data.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--encoding", default="utf-8", show_default=True, help="Of the CSV.")
@json_option
def check(file: Path, encoding: str, as_json: bool) -> None:
    """Say what is in FILE, or everything that is wrong with it (exit code 2)."""
    from sentiment.models.digests import sha256_of
    from sentiment.reviews.reading import check_data, read_reviews

    facts = check_data(read_reviews(file, encoding=encoding), name=file.name, sha256=sha256_of(file))
    if as_json:
        print_json(facts.model_dump(mode="json"))
        return

    from commands.terminal.tables import data_tables

    for table in data_tables(facts):
        console().print(table)


@data.command()
@click.option("--from", "downloaded", type=click.Path(path_type=Path), help="A file downloaded by hand, .csv or .zip.")
def fetch(downloaded: Path | None) -> None:
    """Download the article's reviews from Kaggle, check them, and put them in place."""
    from sentiment.reviews.sources import fetch as fetch_reviews

    click.echo(fetch_reviews(ROOT, downloaded=downloaded))
