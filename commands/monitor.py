"""`python run.py monitor`: is production still what it was?"""

from __future__ import annotations

import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from commands.given_files import require_new, write_page
from commands.predictions import log_option
from commands.project import MONITORING_CONFIG, developer, monitoring_history
from commands.terminal.output import console, json_option, print_json, tells

if TYPE_CHECKING:
    from sentiment.monitoring.history import History, Watched

EXIT_CODES = {"ok": 0, "alarm": 4, "unknown": 5}
WEBHOOK_VARIABLE = "SENTIMENT_WEBHOOK"
_SECONDS_A_MINUTE = 60
_NONE_YET = "No window was judged yet: `python run.py monitor` does."


@click.group(invoke_without_command=True)
@log_option
@click.option(
    "--predictions",
    "scored",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file that `score` wrote, instead of the service's log; its labels are read too where it has some.",
)
@click.option(
    "--window",
    metavar="last:N|day|since:TIME|all",
    help="Which predictions are judged together.  [default: the configuration's; all of a file]",
)
@click.option("--version", default="champion", show_default=True, help="A number, or champion.")
@click.option(
    "--config",
    "config_file",
    type=click.Path(path_type=Path),
    default=MONITORING_CONFIG,
    show_default="pipelines/configs/monitoring.yaml",
    help="What is watched.",
)
@click.option("--watch", "minutes", type=click.FloatRange(min=0.1), help="Judge again after so many minutes, for ever.")
@click.option(
    "--on-alarm",
    type=click.Choice(["tell", "retrain"]),
    default="tell",
    show_default=True,
    help="What an alarm leads to: it is told, or `retrain` is run as well.",
)
@json_option
@click.pass_context
def monitor(
    ctx: click.Context,
    log: str,
    scored: Path | None,
    window: str | None,
    version: str,
    config_file: Path,
    minutes: float | None,
    on_alarm: str,
    as_json: bool,
) -> None:
    """Compare what the service was asked lately, and what it answered, with the test rows of its version.

    Exit codes: 0 ok, 4 alarm, 5 unknown: too few predictions, or nothing to compare them with. An alarm is also a line
    of JSON on standard error, and a POST to the address in the variable SENTIMENT_WEBHOOK.

    Example: python run.py monitor --window last:500
    """
    if ctx.invoked_subcommand is not None:
        return
    while True:
        watched = _judge(log, scored, window or ("all" if scored else None), version, config_file)
        retraining: dict[str, Any] = {}
        if not as_json:
            _tell(watched)
        if watched.told and not watched.rung:
            _ring(watched)
            if on_alarm == "retrain":
                retraining = {"retraining": _retrain(log, version, as_json=as_json)}
        if as_json:
            print_json(watched.model_dump(mode="json") | retraining)
        if minutes is None:
            sys.exit(EXIT_CODES[watched.judgement.state])
        time.sleep(minutes * _SECONDS_A_MINUTE)


@monitor.command()
@click.option(
    "--out", "path", type=click.Path(path_type=Path, dir_okay=False), help="Write an HTML page into this file instead."
)
@click.option("--overwrite", is_flag=True, help="Replace the file if it is there.")
@json_option
def history(path: Path | None, overwrite: bool, as_json: bool) -> None:
    """Show every window that was judged, oldest first.

    Example: python run.py monitor history --out windows.html
    """
    windows = _history().windows()
    if path is not None:
        _write_page(windows, path, overwrite=overwrite)
    if as_json:
        print_json([one.model_dump(mode="json") for one in windows])
    elif path is not None:
        click.echo(f"Wrote {len(windows):,} windows to {path}")
    elif windows:
        from commands.terminal.watched import history_table

        console().print(history_table(windows))
    else:
        click.echo(_NONE_YET)


@monitor.command()
@click.argument("window")
@click.option("--why", required=True, help="Kept with the window.")
def ack(window: str, why: str) -> None:
    """Take note of WINDOW, for others to see.

    Example: python run.py monitor ack 0f8fad5bd9cb469f --why "the autumn collection"
    """
    from sentiment.monitoring.history import Acknowledgement

    note = Acknowledgement(who=developer(), why=why, at=datetime.now(UTC))
    click.echo(f"{_history().acknowledge(window, note).window}: noted.")


@monitor.command()
@log_option
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def labels(log: str, file: Path) -> None:
    """Add what customers said later from FILE, a CSV with the columns id and recommended (0 or 1).

    Example: python run.py monitor labels labels.csv
    """
    from sentiment.monitoring.labels import add_labels
    from stack_config.prediction_log import open_log

    store = open_log(log)
    added = add_labels(file, store, now=datetime.now(UTC))
    click.echo(f"{added.kept:,} labels were added to {store}.")
    if added.unknown:
        click.echo(f"{added.unknown:,} are about predictions that are not recorded there.", err=True)


def _write_page(windows: list[Watched], path: Path, *, overwrite: bool) -> None:
    from sentiment.errors import InputError

    require_new(path, overwrite=overwrite)
    if not windows:
        raise InputError(_NONE_YET)

    from sentiment.reports.windows import windows_page

    write_page(path, windows_page(windows))


def _judge(log: str, scored: Path | None, window: str | None, version: str, config_file: Path) -> Watched:
    from pipelines.launch import launch_monitoring
    from sentiment.configuration import read_mapping
    from sentiment.monitoring.config import MonitoringConfig
    from sentiment.monitoring.scored import require_scored
    from sentiment.monitoring.window import choose
    from sentiment.reviews.schema import Schema
    from sentiment.service.predictions import Log
    from sentiment.training.lineage import display_name
    from stack_config.prediction_log import open_log
    from steps.shared.registry import open_registry

    config = MonitoringConfig.from_mapping(read_mapping(config_file), source=str(config_file))
    asked = window or config.window
    choose(Log((), (), ()), asked, "", now=datetime.now(UTC))  # before anything is begun
    if scored is None:
        open_log(log)
    found = open_registry().version(version)
    if scored is not None:
        require_scored(scored, Schema.of_tags(found.tags))
    return launch_monitoring(
        tell_steps=tells("steps"),
        version=found.version,
        name=display_name(found.tags.get("candidate", ""), is_sample=found.tags.get("is_sample") == "true"),
        model_uri=found.model_uri,
        log=log,
        scored=str(scored.resolve()) if scored else None,
        asked=asked,
        history=str(monitoring_history()),
        config=config,
    )


def _tell(watched: Watched) -> None:
    judgement = watched.judgement
    click.echo(f"{judgement.state}: version {watched.version}, {judgement.rows:,} predictions, window {watched.window}")
    for reason in judgement.reasons:
        click.echo(f"  {reason}")
    for values, how in ((judgement.estimates, "by its own probabilities"), (judgement.measured, "by labels")):
        for name, one in values.items():
            found = f"{one.value:.3f} [{one.low:.3f}, {one.high:.3f}]"
            click.echo(f"  {name} {how}: {found}; {one.at_registration:.3f} at registration")
    for note in watched.notes:
        click.echo(f"  {note}")
    if tells("hints") and judgement.state == "alarm":
        click.echo(f"Take note of it: python run.py monitor ack {watched.window} --why REASON")
        click.echo("Look at it: python run.py dashboard; with labels, train again: python run.py retrain")


def _ring(watched: Watched) -> None:
    """Tell an alarm to whoever listens; that somebody cannot be reached does not undo the judgement."""
    from sentiment.monitoring.alert import ring, told

    click.echo(told(watched), err=True)
    if (failure := ring(watched, os.environ.get(WEBHOOK_VARIABLE))) is not None:
        click.echo(f"The webhook was not reached: {failure}", err=True)
    _history().rang(watched.window)


def _retrain(log: str, version: str, *, as_json: bool) -> dict[str, Any]:
    """Train again; that it cannot be done is said, and the alarm stays the result."""
    from commands.retrain import retrained
    from sentiment.errors import SentimentError

    try:
        return retrained(log, version, as_json=as_json)
    except SentimentError as error:
        click.echo(f"Not trained again: {error}", err=True)
        return {"failure": str(error)}


def _history() -> History:
    from sentiment.monitoring.history import History

    return History(monitoring_history())
