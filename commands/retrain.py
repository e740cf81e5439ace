"""`python run.py retrain`: train again, on what customers said since as well."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from commands.predictions import log_option
from commands.project import RETRAINING, TRAINING_CONFIG
from commands.terminal.output import json_option, print_json, tells
from commands.train import checked_input, config_option, only_option, run_training, tell_outcome

_FEWEST = 50


@click.command()
@log_option
@click.option("--version", default="champion", show_default=True, help="Whose rows come first: a number, or champion.")
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
def retrain(folder: Path, version: str, config_path: Path, only: tuple[str, ...], fewest: int, as_json: bool) -> None:
    """Train again on the version's rows and the labelled predictions that came since, and ask the gate.

    Labels come from POST /feedback and from `monitor labels FILE`. The version's test rows stay test rows, and a fifth
    of the new reviews become test rows too: the gate compares on rows of both times that neither model was trained on,
    and what it refuses is not promoted.

    Example: python run.py retrain --only tfidf_linear
    """
    outcome = retrained(folder, version, config_path=config_path, only=only, fewest=fewest, as_json=as_json)
    if as_json:
        print_json(outcome)


def retrained(
    folder: Path,
    version: str,
    *,
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
    from sentiment.service.predictions import read_log
    from steps.shared.held_out import reviews_from_its_run
    from steps.shared.registry import open_registry

    found = open_registry().version(version)
    rows, gathered = gather(reviews_from_its_run(found), read_log(folder))
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
