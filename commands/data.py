"""`python run.py data`: check a file of reviews, fetch the article's."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commands.given_files import GivenPath, kept_if_standard_input, name_of
from commands.project import ROOT
from commands.schema_options import schema_options
from commands.terminal.output import console, json_option, print_json

if TYPE_CHECKING:
    from sentiment.reviews.schema import Schema


@click.group()
def data() -> None:
    """Check a file of reviews, or fetch the article's."""


@data.command()
@click.argument("file", type=GivenPath(allow_dash=True))
@click.option("--encoding", default="utf-8", show_default=True, help="The encoding of the file.")
@click.option("--propose-schema", "propose", is_flag=True, help="Guess which columns are what, and only say so.")
@schema_options
@json_option
def check(file: Path, encoding: str, propose: bool, schema: Schema | None, as_json: bool) -> None:
    """Say what is in FILE, or everything that is wrong with it (exit code 2).

    FILE is CSV, JSON lines or Parquet, packed by gzip or zip or not; - is standard input.

    Example: python run.py data check reviews.csv --propose-schema
    """
    if propose:
        _propose(file, encoding, as_json=as_json)
        return

    from sentiment.models.digests import sha256_of
    from sentiment.reviews.reading import check_data, read
    from sentiment.reviews.schema import ARTICLE

    name, file = name_of(file), kept_if_standard_input(file)
    found = read(file, encoding=encoding, schema=schema or ARTICLE)
    facts = check_data(found.reviews, name=name, sha256=sha256_of(file), left_out=found.left_out, read_as=found.read_as)
    if as_json:
        print_json(facts.model_dump(mode="json"))
        return

    from commands.terminal.tables import data_tables

    for table in data_tables(facts):
        console().print(table)


def _propose(file: Path, encoding: str, *, as_json: bool) -> None:
    """Print a schema that would fit, as a file and as options, and what it would read; nothing is done with it."""
    from sentiment.reviews.proposal import propose, read_beginning

    given, name, file = str(file), name_of(file), kept_if_standard_input(file)
    table, quoted = read_beginning(file, encoding=encoding)
    proposal = propose(table.header, table.rows, quoted=quoted)
    if as_json:
        print_json({**proposal.model_dump(mode="json"), "yaml": proposal.as_yaml(), "options": proposal.as_options()})
        return
    click.echo(f"# Read as {table.read_as}.")
    for problem in table.problems:
        click.echo(f"# Not in order: {problem}")
    click.echo(f"# A guess from the first {proposal.looked_at:,} rows of {name}: look at it before you use it.")
    for question in proposal.open_questions:
        click.echo(f"# Not known: {question}")
    click.echo(proposal.as_yaml(), nl=False)
    click.echo(
        f"# Of these rows {proposal.recommended:,} would recommend and {proposal.not_recommended:,} would not; "
        f"{proposal.left_out:,} say neither and are left out, {proposal.without_meaning:,} are not understood."
    )
    if (options := proposal.as_options()) is not None and not proposal.open_questions:
        click.echo(f"# The same as options: python run.py --data {shlex.quote(given)} {options}".rstrip())


@data.command()
@click.option("--from", "downloaded", type=GivenPath(), help="A file downloaded by hand, .csv or .zip.")
def fetch(downloaded: Path | None) -> None:
    """Download the article's reviews from Kaggle, check them, and put them in place.

    Example: python run.py data fetch --from archive.zip
    """
    from sentiment.reviews.sources import fetch as fetch_reviews

    click.echo(fetch_reviews(ROOT, downloaded=downloaded))
