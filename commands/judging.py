"""Judging a window for `python run.py monitor`, and telling what was found."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from commands.given_files import write_page
from commands.project import monitoring_history
from commands.terminal.output import print_json, tells
from sentiment.phrases import amount
from sentiment.times import shown

if TYPE_CHECKING:
    from sentiment.monitoring.config import MonitoringConfig
    from sentiment.monitoring.history import History, Watched
    from sentiment.monitoring.order import Order
    from sentiment.monitoring.reference import Reference
    from sentiment.tracking.registry.version import Version

WEBHOOK_VARIABLE = "SENTIMENT_WEBHOOK"


class Wanted(NamedTuple):
    """What is judged, and what else is asked.

    Attributes:
        log: Where the predictions are recorded.
        scored: A file that was scored, to be judged instead.
        window: None for the configuration's.
        version: A number, or ``champion``.
        config_file: What is watched.
        detector: Another library's.
        drawn: The file that Evidently's report is written into.
    """

    log: str
    scored: Path | None
    window: str | None
    version: str
    config_file: Path
    detector: str | None = None
    drawn: Path | None = None


def kept_windows() -> History:
    """Open the history of the active stack."""
    from sentiment.monitoring.history import History

    return History(monitoring_history())


def judge(wanted: Wanted) -> Watched:
    """Judge a window on the active stack; what cannot be judged is said before anything begins.

    Where there is nothing to compare with, the window is unknown, and is not kept.

    Raises:
        SentimentError: As the pipeline; or something that is wanted is not there.
    """
    from pipelines.launch import launch_monitoring
    from sentiment.monitoring.tools import EVIDENTLY

    version, order = _order(wanted)
    if (reason := _nothing_to_compare(version)) is not None:
        return _unknown(version, order, reason)
    done = launch_monitoring(
        version.version, version.model_uri, order, draw=wanted.drawn is not None, tell_steps=tells("steps")
    )
    if wanted.drawn is not None and done.drawn.page:
        write_page(wanted.drawn, done.drawn.page)
    if done.drawn.failure:
        click.echo(f"{EVIDENTLY.name}'s report was not written: {done.drawn.failure}", err=True)
    if done.not_posted:
        click.echo(f"The stack's alerter did not post the alarm of {done.not_posted}", err=True)
    return done.kept


def schedule(wanted: Wanted, cron: str) -> str:
    """Have the active stack's orchestrator judge at these times; gives the schedule's name.

    Whoever is the champion then is judged, where no number is wanted.
    """
    from pipelines.schedule import schedule_monitoring

    _, order = _order(wanted)
    return schedule_monitoring(wanted.version, order, cron=cron, draw=wanted.drawn is not None)


def make_reference(version: str) -> Reference:
    """Make what a version is compared with anew, and judge nothing.

    Raises:
        InputError: Its test rows are not here.
        StepFailedError: It could not be made.
    """
    from pipelines.launch import launch_reference
    from steps.shared.held_out import TRAIN_HERE, require_held_out
    from steps.shared.registry import open_registry

    found = open_registry().version(version)
    require_held_out(found, instead=TRAIN_HERE)
    return launch_reference(found.version, found.model_uri, tell_steps=tells("steps"))


def _nothing_to_compare(version: Version) -> str | None:
    from sentiment.errors import InputError
    from steps.shared.held_out import TRAIN_HERE, require_held_out

    try:
        require_held_out(version, instead=TRAIN_HERE)
    except InputError as error:
        return str(error)
    return None


def _unknown(version: Version, order: Order, reason: str) -> Watched:
    from sentiment.monitoring.history import Watched
    from sentiment.monitoring.judge import unknown

    return Watched(
        version=version.version,
        name=order.name,
        asked=order.asked,
        window="none",
        first=None,
        last=None,
        judged=datetime.now(UTC),
        judgement=unknown(reason),
    )


def _config(path: Path) -> MonitoringConfig:
    from sentiment.configuration import read_mapping
    from sentiment.monitoring.config import MonitoringConfig

    return MonitoringConfig.from_mapping(read_mapping(path), source=str(path))


def _order(wanted: Wanted) -> tuple[Version, Order]:
    """Check what is wanted, and put it as the pipeline takes it."""
    from sentiment.monitoring.order import Order
    from sentiment.monitoring.scored import require_scored
    from sentiment.monitoring.tools import ALIBI, EVIDENTLY, python_of
    from sentiment.monitoring.window import choose, in_utc
    from sentiment.reviews.schema import Schema
    from sentiment.service.predictions import Log
    from sentiment.training.lineage import display_name
    from stack_config.prediction_log import open_log
    from steps.shared.registry import open_registry

    config = _config(wanted.config_file)
    now = datetime.now(UTC)
    asked = in_utc(wanted.window or config.window, now=now)
    choose(Log((), (), ()), asked, "", now=now)  # before anything is begun
    for tool, is_wanted in ((ALIBI, wanted.detector), (EVIDENTLY, wanted.drawn)):
        if is_wanted:
            python_of(tool)
    if wanted.scored is None:
        open_log(wanted.log)
    found = open_registry().version(wanted.version)
    if wanted.scored is not None:
        require_scored(wanted.scored, Schema.of_tags(found.tags))
    return found, Order(
        name=display_name(found.tags.get("candidate", ""), is_sample=found.tags.get("is_sample") == "true"),
        log=wanted.log,
        scored=str(wanted.scored.resolve()) if wanted.scored else None,
        asked=asked,
        history=str(monitoring_history()),
        config=config,
        detector=wanted.detector,
    )


def tell(watched: Watched) -> None:
    """Tell a person what was found, on standard output."""
    judgement = watched.judgement
    click.echo(
        f"{judgement.state}: version {watched.version}, {amount(judgement.rows, 'prediction')}, window {watched.window}"
    )
    kind, _, since = watched.asked.partition(":")
    if kind == "since":
        click.echo(f"  since {shown(datetime.fromisoformat(since))}")
    for reason in judgement.reasons:
        click.echo(f"  {reason}")
    for values, how in ((judgement.estimates, "by its own probabilities"), (judgement.measured, "by labels")):
        for name, one in values.items():
            found = f"{one.value:.3f} [{one.low:.3f}, {one.high:.3f}]"
            click.echo(f"  {name} {how}: {found}; {one.at_registration:.3f} at registration")
    if watched.opinion is not None:
        click.echo(f"  {watched.opinion.sentence}")
    for note in watched.notes:
        click.echo(f"  {note}")
    if tells("hints") and judgement.state == "alarm":
        click.echo(f"Take note of it: python run.py monitor ack {watched.window} --why REASON")
        click.echo("Look at it: python run.py dashboard; with labels, train again: python run.py retrain")


def tell_reference(reference: Reference, *, as_json: bool) -> None:
    """Tell what a version is compared with from now on."""
    rows, share = len(reference.labels), float(reference.rows().recommended.mean())
    if as_json:
        made = {"version": reference.version, "rows": rows, "recommended": share, "digest": reference.digest}
        print_json(made)
        return
    click.echo(
        f"Made the reference of version {reference.version}: its answers about {rows:,} reviews, {share:.1%} of them "
        f"recommended; digest {reference.digest[:12]}."
    )


def ring_untold(config_file: Path) -> bool:
    """Print and post every alarm that is news, those of runs that were killed before it included.

    If the webhook does not accept an alarm, the command says so, and posts it again in later runs while the cool-down
    lasts. The verdict stays.

    Args:
        config_file: Has the cool-down.

    Returns:
        Whether an alarm was printed.
    """
    from sentiment.monitoring.alert import told

    windows = kept_windows()
    missed = windows.undelivered(after=datetime.now(UTC) - timedelta(hours=_config(config_file).cool_down_hours))
    untold = windows.untold()
    for watched in untold:
        click.echo(told(watched), err=True)
        _deliver(watched, windows)
        windows.rang(watched.window)
    for watched in missed:
        _deliver(watched, windows)
    return bool(untold)


def _deliver(watched: Watched, windows: History) -> None:
    """Post an alarm to the webhook, if there is one, and note whether it was accepted."""
    from sentiment.monitoring.alert import post

    failure = post(watched, os.environ.get(WEBHOOK_VARIABLE))
    if failure is not None:
        click.echo(
            f"The webhook did not accept the alarm of window {watched.window}: {failure}. Later runs post it again.",
            err=True,
        )
    if failure is not None or watched.undelivered:
        windows.delivered(watched.window, failure is None)


def retrain(log: str, version: str, *, as_json: bool) -> dict[str, Any]:
    """Train again; that it cannot be done is said, and the alarm stays the result."""
    from commands.retrain import retrained
    from sentiment.errors import SentimentError

    try:
        return retrained(log, version, as_json=as_json)
    except SentimentError as error:
        click.echo(f"Not trained again: {error}", err=True)
        return {"failure": str(error)}
