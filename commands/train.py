"""`python run.py train`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from commands import schedules
from commands.given_files import STANDARD_INPUT, GivenPath, kept_if_standard_input, name_of, require_path
from commands.project import ROOT, TRAINING_CONFIG, load_policy, run_tags
from commands.schema_options import schema_options
from commands.spark_input import input_of_spark
from commands.spark_options import spark_options
from commands.terminal.output import console, json_option, print_json, tells
from commands.without_zenml import WithoutZenML
from sentiment.phrases import amount

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from pipelines.launch import Outcome, SearchOutcome
    from sentiment.reviews.schema import Schema
    from sentiment.reviews.sources import DataSource
    from sentiment.spark.session import Cluster
    from sentiment.training.candidates import TrainingConfig
    from sentiment.training.lineage import TrainingData


config_option = click.option(
    "--config",
    "config_path",
    type=GivenPath(),
    default=TRAINING_CONFIG,
    help="A YAML file with the candidates.  [default: pipelines/configs/training.yaml]",
)
only_option = click.option("--only", multiple=True, metavar="NAME", help="Train this candidate only; repeatable.")


@click.command(cls=WithoutZenML)
@click.option(
    "--data",
    "data_source",
    metavar="PATH|sample",
    help="Read the reviews from there; with --engine spark a folder, a pattern or s3a://… too.  [default: the "
    "article's, else the sample]",
)
@click.option("--encoding", default="utf-8", show_default=True, help="The encoding of the file, where it is text.")
@config_option
@only_option
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), help="Use this seed instead of the configuration's.")
@click.option("--no-cache", is_flag=True, help="Train again what has not changed.")
@click.option("--developer", "developer_name", help="Say who trains.  [default: git's user.name]")
@click.option(
    schedules.OPTION,
    "cron",
    metavar="CRON",
    callback=schedules.checked_cron,
    help='Train at these times from now on, not now, e.g. "0 3 * * 1"; the stack\'s orchestrator must be able to.',
)
@spark_options
@schema_options
@json_option
def train(
    data_source: str | None,
    encoding: str,
    config_path: Path,
    only: tuple[str, ...],
    seed: int | None,
    no_cache: bool,
    developer_name: str | None,
    cron: str | None,
    schema: Schema | None,
    cluster: Callable[[], Cluster] | None,
    as_json: bool,
) -> None:
    """Train and compare the candidates (the default command).

    With --engine spark, the candidates whose training is sums over rows are trained by a Spark cluster, on data that no
    memory holds: --data may be a folder or a pattern too, at the same path on every machine of the cluster.

    Example: python run.py train --engine spark --master 'local[2]' --data 'reviews/*.csv' --only linear_blend
    """
    if cron is not None and data_source == STANDARD_INPUT:
        raise click.UsageError("--schedule trains later, when standard input is gone: name a file with --data.")
    if cron is not None and cluster is not None:
        raise click.UsageError("--schedule is for trainings without Spark; a crontab starts those with --engine spark.")
    if cluster is None:
        config, data = checked_input(data_source, encoding, config_path, only, seed, schema)
    else:
        config = _config(config_path, only, seed)
        data = input_of_spark(config, data_source, encoding, schema)
    if cron is not None:
        _schedule(config, data, cron, encoding, developer_name, not no_cache, as_json)
        return
    outcome = run_training(
        config,
        data,
        encoding=encoding,
        developer_name=developer_name,
        use_cache=not no_cache,
        as_json=as_json,
        cluster=cluster,
    )
    if as_json:
        print_json(outcome.model_dump(mode="json"))
    else:
        tell_outcome(outcome)


def _schedule(
    config: TrainingConfig,
    data: TrainingData,
    cron: str,
    encoding: str,
    developer_name: str | None,
    use_cache: bool,
    as_json: bool,
) -> None:
    from pipelines.schedule import schedule_training

    schedules.require_schedulable(cron)
    tags = run_tags(data, developer_name)
    name = schedule_training(config, load_policy(), data, cron=cron, encoding=encoding, tags=tags, use_cache=use_cache)
    schedules.tell_scheduled(name, cron, as_json=as_json)


def run_training(
    config: TrainingConfig,
    data: TrainingData,
    *,
    encoding: str = "utf-8",
    developer_name: str | None = None,
    use_cache: bool = True,
    as_json: bool,
    cluster: Callable[[], Cluster] | None = None,
) -> Outcome:
    """Set the stack up where there is none, train, and ask the gate."""
    policy = load_policy()
    if data.is_sample and tells("hints"):
        click.echo(f"Training on reviews of the bundled sample ({data.source}), not on real ones.", err=as_json)
    from stack_config.registration import ensure_tracking_stack

    if (name := ensure_tracking_stack(ROOT)) and tells("hints"):
        click.echo(f"The active stack has no experiment tracker: set up and activated stack '{name}'.", err=as_json)
    from pipelines.launch import launch_training  # opens ZenML: after the lock under which it is made

    return launch_training(
        config,
        policy,
        data,
        encoding=encoding,
        tags=run_tags(data, developer_name),
        use_cache=use_cache,
        tell_steps=tells("steps"),
        cluster=cluster() if cluster else None,
    )


def tell_outcome(outcome: Outcome | SearchOutcome) -> None:
    """Print the candidates, the gate's decision where it was asked, and where to look further."""
    from commands.terminal.tables import candidates_table, decision_lines
    from pipelines.dashboards import where_to_look

    terminal = console()
    terminal.print(candidates_table(outcome.report, outcome.registered, terminal.width))
    for line in decision_lines(outcome.decision, outcome.registered.best) if outcome.decision else ():
        click.echo(line)
    for line in where_to_look(outcome.report) if tells("hints") else ():
        click.echo(line)


def _found(data_source: str | None) -> DataSource:
    """Find the reviews; standard input is kept as a file while they are used."""
    from sentiment.reviews.sources import DataSource, resolve
    from sentiment.reviews.unpacking import require_regular

    if data_source == STANDARD_INPUT:
        named = Path(data_source)
        return DataSource(kept_if_standard_input(named), name_of(named), is_sample=False)
    require_path(data_source)
    source = resolve(data_source, ROOT)
    require_regular(source.path)
    return source


def _that_find_words(config: TrainingConfig, texts: list[str]) -> TrainingConfig:
    """Leave out the candidates whose cleaning leaves no word of any review, and name them.

    Raises:
        InputError: No other is left.
    """
    from sentiment.errors import InputError
    from sentiment.training.candidates import finds_words

    without = [one.name for one in config.candidates if not finds_words(one, texts)]
    if not without:
        return config
    recipes = ", ".join(f"{one.name} (recipe {one.recipe})" for one in config.candidates if one.name in without)
    said = f"the cleaning of {recipes} leaves no words of these reviews: it knows Latin letters only"
    if len(without) == len(config.candidates):
        raise InputError(f"{said}. Train a candidate with the recipe negation or ending.")
    click.echo(f"Not trained: {said}.", err=True)
    return config.only([one.name for one in config.candidates if one.name not in without])


def _hints(reviews: pd.DataFrame) -> list[str]:
    """Say what becomes of repeated texts."""
    from sentiment.reviews.splits import distinct

    repeats = int(reviews["review"].duplicated().sum())
    unequal = int((reviews.groupby("review")["recommended"].nunique() > 1).sum())
    kept = distinct(reviews)
    found = []
    if len(kept) < len(reviews):
        found.append(
            f"{repeats:,} of {len(reviews):,} rows {'repeats' if repeats == 1 else 'repeat'} a text: "
            f"{amount(len(kept), 'distinct text is', 'distinct texts are')} split, each once."
        )
    if unequal:
        what = "the label of most of these counts" if len(kept) < len(reviews) else "all these are kept as they are"
        found.append(f"{amount(unequal, 'text stands', 'texts stand')} in rows with unequal labels: {what}.")
    return found


def checked_input(
    data_source: str | None,
    encoding: str,
    config_path: Path,
    only: tuple[str, ...],
    seed: int | None,
    schema: Schema | None,
) -> tuple[TrainingConfig, TrainingData]:
    """Check everything that can be checked before anything is written."""
    from sentiment.models.digests import sha256_of
    from sentiment.reviews.parsing import RATING
    from sentiment.reviews.reading import documents, read_reviews, with_text
    from sentiment.reviews.schema import ARTICLE
    from sentiment.reviews.splits import split_reviews
    from sentiment.training.lineage import TrainingData

    config = _config(config_path, only, seed)
    source = _found(data_source)
    reviews = with_text(read_reviews(source.path, encoding=encoding, schema=schema or ARTICLE))
    training = split_reviews(reviews, validation_share=config.validation_share, seed=config.seed).train
    config = _that_find_words(config, documents(training))
    if tells("hints"):
        for hint in _hints(reviews):
            click.echo(hint, err=True)
    reading = [candidate.name for candidate in config.candidates if candidate.reads_ratings]
    if reading and RATING not in reviews and tells("hints"):
        click.echo(f"{source.name} has no ratings: learned from its labels alone: {', '.join(reading)}.", err=True)
    return config, TrainingData(
        name=source.name,
        sha256=sha256_of(source.path),
        source=str(source.path.resolve()),
        is_sample=source.is_sample,
        read_as=(schema or ARTICLE).settings(),
    )


def _config(config_path: Path, only: tuple[str, ...], seed: int | None) -> TrainingConfig:
    from sentiment.training.candidates import load_training_config

    config = load_training_config(config_path).only(only)
    return config if seed is None else config.model_copy(update={"seed": seed})
