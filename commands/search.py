"""`python run.py search`."""

from __future__ import annotations

import json
import shlex
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from commands.given_files import GivenPath
from commands.project import (
    ROOT,
    SEARCH_SPACE,
    SEARCHES,
    TRAINING_CONFIG,
    load_policy,
    run_tags,
)
from commands.schema_options import schema_options
from commands.terminal.output import console, json_option, print_json, tells
from commands.train import checked_input, tell_outcome
from commands.without_zenml import WithoutZenML

if TYPE_CHECKING:
    from sentiment.reviews.schema import Schema
    from sentiment.search.journal import Plan
    from sentiment.training.candidates import Candidate, TrainingConfig
    from sentiment.training.lineage import TrainingData

_SETTLED = ("space_path", "family_names", "engine", "algorithm", "name")


@click.command(cls=WithoutZenML)
@click.option(
    "--data",
    "data_source",
    metavar="PATH|sample",
    help="Read the reviews from there.  [default: the article's, else the sample]",
)
@click.option("--encoding", default="utf-8", show_default=True, help="The encoding of the file, where it is text.")
@click.option(
    "--config",
    "config_path",
    type=GivenPath(),
    default=TRAINING_CONFIG,
    help="The configuration of the training.",
)
@click.option(
    "--space",
    "space_path",
    type=GivenPath(),
    default=SEARCH_SPACE,
    help="A YAML file that says what is searched.  [default: pipelines/configs/search.yaml]",
)
@click.option("--family", "family_names", multiple=True, metavar="NAME", help="Search this family only; repeatable.")
@click.option("--engine", default="optuna", show_default=True, metavar="NAME", help="Search with optuna or hyperopt.")
@click.option(
    "--algorithm", metavar="NAME", help="Choose trials by tpe or random, or by hyperopt's atpe.  [default: tpe]"
)
@click.option("--trials", type=click.IntRange(1), help="Try at most so many, in all.  [default: the space's]")
@click.option(
    "--minutes", type=click.FloatRange(0, min_open=True), help="Begin no further trial after so many minutes."
)
@click.option(
    "--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Search in so many processes."
)
@click.option("--name", metavar="NAME", help="Give the search this name.  [default: the time]")
@click.option("--resume", metavar="NAME", help="Go on with a search that was ended or killed.")
@click.option("--write", "write_path", type=GivenPath(), help="Write the winner as a configuration.")
@click.option("--no-promote", is_flag=True, help="Leave the winner in Staging.")
@click.option("--developer", "developer_name", help="Say who searches.  [default: git's user.name]")
@schema_options
@json_option
def search(
    data_source: str | None,
    encoding: str,
    config_path: Path,
    space_path: Path,
    family_names: tuple[str, ...],
    engine: str,
    algorithm: str | None,
    trials: int | None,
    minutes: float | None,
    workers: int,
    name: str | None,
    resume: str | None,
    write_path: Path | None,
    no_promote: bool,
    developer_name: str | None,
    schema: Schema | None,
    as_json: bool,
) -> None:
    """Search for better hyperparameters by cross-validation, and train what is found.

    Ctrl-C ends the search with what was found; `--resume` goes on with it.

    Example: python run.py search --family nb_linear --trials 30
    """
    from sentiment.apart import require_apart

    if resume is not None:
        _require_nothing_else_to_search(resume)
    config, data = checked_input(data_source, encoding, config_path, (), None, schema)
    plan, journal = _plan(config, data, space_path, family_names, engine, algorithm, name, resume)
    policy = load_policy()
    if write_path is not None:
        if not write_path.parent.is_dir():
            raise click.UsageError(f"--write {write_path}: there is no folder {write_path.parent}")
        schema_path = click.get_current_context().params["schema_path"]
        read = (Path(data.source), config_path, space_path, SEARCH_SPACE, TRAINING_CONFIG, schema_path)
        require_apart([write_path], [path for path in read if path is not None])

    from stack_config.registration import ensure_tracking_stack

    ensure_tracking_stack(ROOT)
    from pipelines.launch import launch_search  # opens ZenML: after the lock under which it is made

    if tells("hints"):
        click.echo(f"Search {plan.name}: what is finished is kept; `--resume {plan.name}` goes on with it.", err=True)
    outcome = launch_search(
        data,
        tell_steps=tells("steps"),
        plan=plan,
        config=config,
        policy=policy,
        encoding=encoding,
        tags=run_tags(data, developer_name),
        journal=str(journal),
        trials=trials or plan.space.trials,
        workers=workers,
        minutes=minutes,
        promote=not no_promote,
    )
    if write_path is not None:
        _write(write_path, config, outcome.search.winner, outcome.search.name)
    if as_json:
        print_json({**outcome.model_dump(mode="json"), "verdict": outcome.search.verdict()})
        return

    from commands.terminal.trials import trials_table

    terminal = console()
    terminal.print(trials_table(outcome.search, terminal.width))
    click.echo(outcome.search.verdict())
    tell_outcome(outcome)


def _require_nothing_else_to_search(resume: str) -> None:
    """Refuse options beside ``--resume`` that say what is searched: that was settled when the search began.

    Raises:
        click.UsageError: Some were given.
    """
    ctx = click.get_current_context()
    given = [
        option.opts[0]
        for option in ctx.command.params
        if option.name in _SETTLED and ctx.get_parameter_source(option.name) is not ParameterSource.DEFAULT
    ]
    if given:
        raise click.UsageError(
            f"{' and '.join(given)} found beside --resume {resume}, which goes on with what the search began with; "
            f"leave {'it' if len(given) == 1 else 'them'} out, or begin another search with --name"
        )


def _plan(
    config: TrainingConfig,
    data: TrainingData,
    space_path: Path,
    family_names: tuple[str, ...],
    engine: str,
    algorithm: str | None,
    name: str | None,
    resume: str | None,
) -> tuple[Plan, Path]:
    """Check what is searched, or read what was begun; gives the plan and where its journal lies."""
    from sentiment.errors import InputError
    from sentiment.search import engines
    from sentiment.search.journal import Plan, journal_path, read
    from sentiment.search.space import load_space

    rows = f"{data.sha256}, {config.validation_share:g} of seed {config.seed} for validation"
    if data.read_as:
        rows += f", read as {json.dumps(data.read_as, sort_keys=True)}"
    if resume is not None:
        journal = journal_path(SEARCHES, resume)
        begun, _ = read(journal)
        engines.require(begun.engine, begun.algorithm)
        if begun.rows != rows:
            raise InputError(
                f"search {resume} was begun with other rows ({begun.rows}); these are {rows}. Name the file "
                "that it was begun with, with --data, and its --config."
            )
        return begun, journal
    chosen = engines.require(engine, algorithm)
    space = load_space(space_path).only(family_names)
    name = name or f"{datetime.now().astimezone():%Y%m%d-%H%M%S}"
    journal = journal_path(SEARCHES, name)
    if journal.exists():
        raise InputError(f"there is a search {name} already: `--resume {name}` goes on with it. Take another name.")
    start = config.only([space.start]).candidates[0]
    return Plan(name=name, space=space, start=start, engine=engine, algorithm=chosen, rows=rows), journal


def _write(path: Path, config: TrainingConfig, winner: Candidate, name: str) -> None:
    """Write a training configuration with the winner alone; training it gives the same numbers."""
    import yaml

    from sentiment.atomic import write_atomically

    settings = config.model_copy(update={"candidates": (winner,)}).model_dump(mode="json")
    content = f"# Found by `python run.py search`, search {name}.\n{yaml.safe_dump(settings, sort_keys=False)}"
    write_atomically(path, content)
    click.echo(f"Wrote {path}: `python run.py --config {shlex.quote(str(path))}` trains it.", err=True)
