"""`python run.py monitor`: is production still what it was?"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from commands import schedules
from commands.given_files import GivenPath, require_new, write_page
from commands.judging import (
    Wanted,
    judge,
    kept_windows,
    make_reference,
    retrain,
    ring_untold,
    schedule,
    tell,
    tell_reference,
)
from commands.predictions import log_option
from commands.project import MONITORING_CONFIG, developer
from commands.terminal.output import console, json_option, print_json
from commands.without_zenml import WithoutZenML
from sentiment.apart import require_apart
from sentiment.phrases import amount

if TYPE_CHECKING:
    from sentiment.monitoring.history import Watched

EXIT_CODES = {"ok": 0, "alarm": 4, "unknown": 5}
_SECONDS_A_MINUTE = 60
_NONE_YET = "No window was judged yet: `python run.py monitor` does."


@click.group(invoke_without_command=True)
@log_option
@click.option(
    "--predictions",
    "scored",
    type=GivenPath(exists=True, dir_okay=False),
    help="A file that `score` wrote, instead of the service's log; its labels are read too where it has some.",
)
@click.option(
    "--window",
    metavar="last:N|day|since:TIME|all",
    help="Which predictions are judged together. TIME is UTC, unless an offset (2026-01-31T12:00+01:00) or a zone "
    "('2026-01-31T12:00 Europe/Berlin') follows.  [default: the configuration's; all of a file]",
)
@click.option(
    "--version", default="champion", show_default=True, help="The version that is watched: a number, or champion."
)
@click.option(
    "--config",
    "config_file",
    type=GivenPath(),
    default=MONITORING_CONFIG,
    show_default="pipelines/configs/monitoring.yaml",
    help="A YAML file that says what is watched.",
)
@click.option(
    "--make-reference",
    "only_reference",
    is_flag=True,
    help="Make what the version is compared with anew, and judge nothing. Without it, the first look makes it.",
)
@click.option("--watch", "minutes", type=click.FloatRange(min=0.1), help="Judge again after so many minutes, for ever.")
@click.option(
    "--on-alarm",
    type=click.Choice(["tell", "retrain"]),
    default="tell",
    show_default=True,
    help="What an alarm leads to: it is told, or `retrain` is run as well.",
)
@click.option(
    "--detector",
    type=click.Choice(["alibi"]),
    help="Ask another library's test too, and show its verdict beside ours. Alibi Detect (Business Source License 1.1, "
    "needs numpy 1) has an environment of its own, that `make alibi` makes.",
)
@click.option(
    "--evidently",
    "drawn",
    metavar="FILE",
    type=GivenPath(dir_okay=False),
    help="Write Evidently's report too, as HTML. Evidently (Apache 2.0, needs pandas 2) has an environment of its own, "
    "that `make evidently` makes.",
)
@click.option("--overwrite", is_flag=True, help="Replace that file if it is there.")
@click.option(
    schedules.OPTION,
    "cron",
    metavar="CRON",
    callback=schedules.checked_cron,
    help='Judge at these times from now on, not now, e.g. "0 * * * *". The stack\'s orchestrator must be able to, and '
    "its steps find the log and .monitoring at the paths that they have here.",
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
    only_reference: bool,
    minutes: float | None,
    on_alarm: str,
    detector: str | None,
    drawn: Path | None,
    overwrite: bool,
    cron: str | None,
    as_json: bool,
) -> None:
    """Compare what the service was asked lately, and what it answered, with reviews of its version's training.

    Exit codes: 0 ok, 4 alarm, 5 unknown: too few predictions, or nothing to compare them with; 6 the environment of
    --detector or --evidently is not there. An alarm is also a line of JSON on standard error, and a POST to the address
    in the variable SENTIMENT_WEBHOOK.

    Example: python run.py monitor --window last:500
    """
    if ctx.invoked_subcommand is not None:
        return
    if only_reference:
        if cron is not None or minutes is not None:
            raise click.UsageError("--make-reference judges nothing: leave out --schedule and --watch")
        tell_reference(make_reference(version), as_json=as_json)
        return
    wanted = Wanted(log, scored, window or ("all" if scored else None), version, config_file, detector, drawn)
    if drawn is not None:
        require_new(drawn, overwrite=overwrite)
        require_apart([drawn], [path for path in (scored, config_file) if path is not None])
    if cron is not None:
        if minutes is not None:
            raise click.UsageError("--schedule and --watch exclude each other: each judges again and again")
        schedules.require_schedulable(cron)
        if drawn is not None or on_alarm != "tell":
            raise click.UsageError("--evidently and --on-alarm retrain are for this machine, not for its orchestrator")
        schedules.tell_scheduled(schedule(wanted, cron), cron, as_json=as_json)
        return
    while True:
        watched = judge(wanted)
        retraining: dict[str, Any] = {}
        if not as_json:
            tell(watched)
        if ring_untold(config_file) and on_alarm == "retrain":
            retraining = {"retraining": retrain(log, version, as_json=as_json)}
        if as_json:
            print_json(watched.model_dump(mode="json") | retraining)
        if minutes is None:
            sys.exit(EXIT_CODES[watched.judgement.state])
        time.sleep(minutes * _SECONDS_A_MINUTE)


@monitor.command(cls=WithoutZenML)
@click.option("--out", "path", type=GivenPath(dir_okay=False), help="Write an HTML page into this file instead.")
@click.option("--overwrite", is_flag=True, help="Replace the file if it is there.")
@json_option
def history(path: Path | None, overwrite: bool, as_json: bool) -> None:
    """Show every window that was judged, oldest first.

    Example: python run.py monitor history --out windows.html
    """
    windows = kept_windows().windows()
    if path is not None:
        _write_page(windows, path, overwrite=overwrite)
    if as_json:
        print_json([one.model_dump(mode="json") for one in windows])
    elif path is not None:
        click.echo(f"Wrote {amount(len(windows), 'window')} to {path}")
    elif windows:
        from commands.terminal.watched import history_table

        console().print(history_table(windows))
    else:
        click.echo(_NONE_YET)


@monitor.command()
@click.argument("window")
@click.option("--why", required=True, help="The reason, which is kept with the window.")
def ack(window: str, why: str) -> None:
    """Take note of WINDOW, for others to see.

    Example: python run.py monitor ack 0f8fad5bd9cb469f --why "the autumn collection"
    """
    from sentiment.monitoring.history import Acknowledgement

    note = Acknowledgement(who=developer(), why=why, at=datetime.now(UTC))
    click.echo(f"{kept_windows().acknowledge(window, note).window}: noted.")


@monitor.command()
@log_option
@click.option("--encoding", default="utf-8", show_default=True, help="The encoding of FILE, where it is text.")
@click.argument("file", type=GivenPath(exists=True, dir_okay=False))
def labels(log: str, encoding: str, file: Path) -> None:
    """Add labels from FILE, whose columns are id and recommended (0 or 1).

    FILE is CSV, JSON lines or Parquet. All labels are added, or none where something is wrong.

    Example: python run.py monitor labels labels.csv
    """
    from sentiment.monitoring.labels import add_labels
    from stack_config.prediction_log import open_log

    store = open_log(log)
    added = add_labels(file, store, encoding=encoding, now=datetime.now(UTC))
    click.echo(f"{amount(added.kept, 'label was', 'labels were')} added to {store}.")
    if added.unknown:
        click.echo(f"{amount(added.unknown, 'is', 'are')} about predictions that are not recorded there.", err=True)


def _write_page(windows: list[Watched], path: Path, *, overwrite: bool) -> None:
    from sentiment.errors import InputError

    require_new(path, overwrite=overwrite)
    if not windows:
        raise InputError(_NONE_YET)

    from sentiment.reports.windows import windows_page

    write_page(path, windows_page(windows))
