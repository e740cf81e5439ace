"""The training of `python run.py train` as a Prefect flow: the same functions, without ZenML and MLflow.

``python flow.py --data sample --out trained`` trains and compares the candidates of a configuration, and leaves a
folder with the files of each model and ``report.json``. README.md says how the environment is made.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import re
import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from surroundings import ROOT

# isort: split
from prefect import flow
from prefect.client.schemas.schedules import CronSchedule
from prefect.runtime import flow_run
from prefect.settings import PREFECT_API_URL
from pydantic import ValidationError
from tasks import UNPICKLED, choose, evaluate, fit, publish, read, require_free, save, split

from sentiment.errors import ConfigError, InputError, SentimentError
from sentiment.evaluation.comparison import rank
from sentiment.failures import unexpected
from sentiment.models.digests import digest_of
from sentiment.reviews.sources import SAMPLE, resolve
from sentiment.reviews.unpacking import require_regular
from sentiment.training.candidates import load_training_config

CONFIG = ROOT / "pipelines" / "configs" / "training.yaml"
TIME = "{time}"
INTERRUPTED = 130
"""The exit code of what Ctrl-C ended, as shells have it."""


@flow(name="customer-sentiment-training", **UNPICKLED)
def train_and_compare(out: str, data: str = SAMPLE, config: str = str(CONFIG)) -> dict[str, Any]:
    """Train, evaluate and rank the candidates of a configuration.

    Args:
        out: Folder to be made; ``{time}`` in it becomes the time for which the run was scheduled, in UTC.
        data: Path of a file of reviews, or ``sample``.
        config: Path of a training configuration.

    Returns:
        What ``report.json`` in the folder says: the data, the ranking, and each candidate's evaluation and digests.

    Raises:
        InputError: The reviews, the configuration or the folder must be mended; nothing was written.
    """
    folder = Path(out.replace(TIME, f"{flow_run.get_scheduled_start_time():%Y-%m-%dT%H-%M-%S}")).absolute()
    require_free(folder)
    settings = load_training_config(Path(config))
    reviews, facts = read(data)
    rows = split(reviews, settings)
    candidates = choose(settings, rows)
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Made where it will be: only within a file system is a folder renamed in one piece.
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as temporary:
        staged = Path(temporary) / "whole"
        staged.mkdir()
        evaluations, files = [], {}
        for candidate in candidates:  # one after the other, so that the time of a fit is its own
            model, seconds = fit(candidate, rows, settings.seed)
            files[candidate.name] = save(model, staged / candidate.name)
            evaluations.append(evaluate(candidate, model, rows, facts, files[candidate.name], seconds, settings.seed))
        report = {
            "out": str(folder),
            "data": facts.model_dump(mode="json"),
            "ranking": rank(evaluations, settings.selection_metric).model_dump(mode="json"),
            "candidates": {
                one.name: {
                    "evaluation": one.model_dump(mode="json"),
                    "digest": digest_of(files[one.name].digests),
                    "digests": files[one.name].digests,
                }
                for one in evaluations
            },
        }
        publish(staged, folder, report)
    return report


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the flow once, or serve it on a schedule; gives the exit code, which is as that of `python run.py train`."""
    options = _parser().parse_args(arguments)
    for name in ("prefect.flow_runs", "prefect.task_runs"):
        logging.getLogger(name).addFilter(_without_traceback)
    try:
        # Relative paths are those of this folder, wherever a scheduled run is started.
        parameters = {
            "out": str(Path(options.out).expanduser().absolute()),
            "data": str(_file_of(options.data)),
            "config": str(options.config.absolute()),
        }
        load_training_config(options.config)  # said at once, and not only when a server has started
        _require_home(os.environ["PREFECT_HOME"])
        if options.schedule is not None:
            _serve(options.schedule, parameters)
        else:
            require_free(Path(parameters["out"]))
            signal.signal(signal.SIGINT, _interrupt)
            _print(train_and_compare(**parameters), as_json=options.as_json)
    except SentimentError as error:
        print(f"Error: {error}", file=sys.stderr)
        return error.exit_code
    except (Exception, KeyboardInterrupt) as error:
        if isinstance(error, KeyboardInterrupt) or interrupted:
            print("interrupted", file=sys.stderr)
            return INTERRUPTED
        message, exit_code = unexpected(error)
        print(f"Error: {message}", file=sys.stderr)
        return exit_code
    return 0


interrupted: list[int] = []
"""Signals that came: Prefect turns an interruption into whatever error follows from it."""


def _interrupt(number: int, _frame: Any) -> None:
    interrupted.append(number)
    raise KeyboardInterrupt


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="flow.py", description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--data", default=SAMPLE, metavar="PATH|sample", help="the reviews (default: %(default)s)")
    parser.add_argument("--config", type=Path, default=CONFIG, metavar="PATH", help="the candidates, as YAML")
    parser.add_argument("--out", required=True, metavar="FOLDER", help="to be made; nothing is overwritten")
    parser.add_argument("--schedule", metavar="CRON", help=f'in UTC, such as "0 3 * * 1"; --out needs {TIME} in it')
    parser.add_argument("--json", action="store_true", dest="as_json", help="print the report as JSON")
    return parser


def _file_of(data: str) -> Path:
    """Give where the reviews are, from whatever folder that is asked.

    Raises:
        InputError: There is no such file, or none that can be read twice.
    """
    source = resolve(data, ROOT)
    require_regular(source.path)
    return source.path.absolute()


def _require_home(home: str) -> None:
    """Refuse a folder for Prefect's database that SQLite would take for another, because it stands in an address.

    Raises:
        ConfigError: It has a question mark in its path, or what addresses use for other signs.
    """
    if not PREFECT_API_URL.value() and re.search(r"\?|%[0-9a-fA-F]{2}", home):
        raise ConfigError(
            f"Prefect's folder is {home}, which its database takes for another because of '?' or '%' and two digits; "
            "set PREFECT_HOME to another folder"
        )


def _serve(cron: str, parameters: dict[str, Any]) -> None:
    """Wait for the times of a schedule and run the flow then, until Ctrl-C.

    Raises:
        InputError: The schedule or the folder would not do.
        ConfigError: No server is named that keeps the schedule.
    """
    try:
        CronSchedule(cron=cron)
    except ValidationError as error:
        raise InputError(f'found the schedule {cron!r}; a line of cron such as "0 3 * * 1" expected') from error
    if TIME not in parameters["out"]:
        raise InputError(f"found --out {parameters['out']} with a schedule; {TIME} expected in it, a folder a run")
    if not PREFECT_API_URL.value():
        raise ConfigError(
            "a schedule needs a Prefect server that stays: start `prefect server start --host 127.0.0.1`, and set "
            "PREFECT_API_URL=http://127.0.0.1:4200/api"
        )
    train_and_compare.serve(cron=cron, parameters=parameters)


def _without_traceback(record: logging.LogRecord) -> bool:
    """Leave the error of a user's input in the log, and not where in Prefect it came by."""
    if record.exc_info and isinstance(record.exc_info[1], SentimentError):
        record.exc_info = None
    return True


def _print(report: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(report))
        return
    ranking = report["ranking"]
    print(f"Trained on {report['data']['name']}; best by {ranking['metric']} on the validation rows: {report['out']}")
    for name in ranking["ordered"]:
        found = report["candidates"][name]
        test = found["evaluation"]["test"]
        print(f"  {name:<24} test mcc {test['mcc']:.4f}   test accuracy {test['accuracy']:.4f}   {found['digest']}")


if __name__ == "__main__":
    sys.exit(main())
