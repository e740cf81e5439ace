"""`python run.py retrain`: train again, on what customers said since as well."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from commands.given_files import GivenPath
from commands.predictions import log_option
from commands.project import RETRAINING, TRAINING_CONFIG
from commands.terminal.output import json_option, print_json, tells
from commands.train import checked_input, config_option, only_option, run_training, tell_outcome

if TYPE_CHECKING:
    import pandas as pd

    from sentiment.tracking.registry.version import Version

_FEWEST = 50


@click.command()
@log_option
@click.option("--version", default="champion", show_default=True, help="Whose rows come first: a number, or champion.")
@click.option(
    "--data",
    "trained_on",
    type=GivenPath(),
    help="The file that the version was trained on, where its run is not here.",
)
@config_option
@only_option
@click.option(
    "--fewest",
    type=click.IntRange(1),
    default=_FEWEST,
    show_default=True,
    help="With fewer new labelled reviews, nothing is trained.",
)
@json_option
def retrain(
    log: str,
    version: str,
    trained_on: Path | None,
    config_path: Path,
    only: tuple[str, ...],
    fewest: int,
    as_json: bool,
) -> None:
    """Train again on the version's rows and the labelled predictions that came since, and ask the gate.

    Labels come from POST /feedback and from `monitor labels FILE`. The version's test rows stay test rows, and a fifth
    of the new reviews become test rows too: the gate compares on rows of both times that neither model was trained on,
    and what it refuses is not promoted.

    Example: python run.py retrain --only tfidf_linear
    """
    outcome = retrained(
        log, version, trained_on=trained_on, config_path=config_path, only=only, fewest=fewest, as_json=as_json
    )
    if as_json:
        print_json(outcome)


def retrained(
    log: str,
    version: str,
    *,
    trained_on: Path | None = None,
    config_path: Path = TRAINING_CONFIG,
    only: tuple[str, ...] = (),
    fewest: int = _FEWEST,
    as_json: bool,
) -> dict[str, Any]:
    """Train again and tell people, on standard output unless that is JSON's; gives the whole outcome.

    Raises:
        SentimentError: As `train`; or too little was said since.
    """
    from sentiment.monitoring.retraining import gather, require_enough, write_training_file
    from sentiment.reviews.schema import Schema
    from stack_config.prediction_log import open_log
    from steps.shared.registry import open_registry

    found = open_registry().version(version)
    rows, gathered = gather(_rows_of(found, trained_on), open_log(log).read())
    require_enough(gathered, fewest)
    schema = Schema.of_tags(found.tags)
    path = write_training_file(rows, schema, RETRAINING)
    if tells("hints"):
        click.echo(f"Training on {gathered.sentence()}: {path}", err=as_json)
    config, data = checked_input(str(path), "utf-8", config_path, only, None, schema)
    data = data.model_copy(update={"is_sample": found.tags.get("is_sample") == "true"})
    outcome = run_training(config, data, as_json=as_json)
    if not as_json:
        tell_outcome(outcome)
    if outcome.decision.promoted and tells("hints"):
        click.echo("It is the champion, and not in service yet: `python run.py deploy` puts it there.", err=as_json)
    return {"gathered": gathered.counts(), "file": str(path), **outcome.model_dump(mode="json")}


def _rows_of(version: Version, trained_on: Path | None) -> pd.DataFrame:
    """Take the rows that a version was trained on: those of its run, or of the very file."""
    from sentiment.errors import InputError
    from sentiment.models.digests import sha256_of
    from sentiment.reviews.reading import read_reviews, with_text
    from sentiment.reviews.schema import Schema
    from sentiment.reviews.unpacking import require_regular
    from steps.shared.held_out import reviews_from_its_run

    if trained_on is None:
        return reviews_from_its_run(version)
    require_regular(trained_on)
    if (sha256 := sha256_of(trained_on)) != version.tags["data_sha256"]:
        raise InputError(
            f"{trained_on} is not what version {version.version} was trained on: sha256 {sha256} found, "
            f"{version.tags['data_sha256']} expected"
        )
    return with_text(read_reviews(trained_on, schema=Schema.of_tags(version.tags)))
