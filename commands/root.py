"""The root command: which commands there are, and how errors become exit codes."""

from __future__ import annotations

import re
from typing import Any

import click
from click_default_group import DefaultGroup

from commands import environment
from commands.dashboards import dashboard, mlflow_ui
from commands.data import data
from commands.registry import archive, download, promote, registry, rollback
from commands.report import report
from commands.runs import runs
from commands.score import score
from commands.service import deploy, predict, service
from commands.stack import stack
from commands.status import status
from commands.train import train
from sentiment.errors import SentimentError, ServiceError

_AWAY = re.compile(
    r"Error connecting to URL '(?P<url>[^']+)'|HTTPS?ConnectionPool\(host='(?P<host>.+?)', port=(?P<port>\d+)"
)
_MENDED = (
    "ZenML is connected to {server}, which does not answer. Where that is this machine's own server: "
    "`python run.py dashboard` starts it again, `python run.py dashboard stop` goes back to the database without it."
)


class _Failure(click.ClickException):
    """An error of ours, on its way to the terminal."""

    def __init__(self, error: SentimentError) -> None:
        super().__init__("\n".join([str(error), *getattr(error, "__notes__", ())]))
        self.exit_code = error.exit_code


class _Root(DefaultGroup):
    """Runs ``train`` when no command is named, and turns our errors into messages and exit codes."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except SentimentError as error:
            raise _Failure(error) from error
        except (RuntimeError, OSError) as error:  # ZenML's, when the server that it is connected to is away
            if (away := _AWAY.search(str(error))) is None:
                raise
            raise _Failure(
                ServiceError(_MENDED.format(server=away["url"] or f"{away['host']}:{away['port']}"))
            ) from error


@click.group(
    cls=_Root,
    default="train",
    default_if_no_args=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option("-v", "--verbose", is_flag=True, help="Show what ZenML, MLflow and TensorFlow have to say.")
@click.option("-q", "--quiet", is_flag=True, help="Print the result alone, or what went wrong.")
def root(verbose: bool, quiet: bool) -> None:
    """Would the customer recommend the product? Train, track and compare classifiers of clothing reviews.

    Without a command, trains every candidate: the same as `train`.

    Exit codes: 0 done, 1 a step failed, 2 bad input or configuration, 3 not promoted.
    """
    if quiet and verbose:
        raise click.UsageError("--quiet and --verbose exclude each other")
    environment.prepare(verbose=verbose)


LIFE_OF_A_MODEL = (train, runs, report, registry, promote, rollback, archive, download, deploy, service, predict, score)
for command in (*LIFE_OF_A_MODEL, dashboard, mlflow_ui, data, stack, status):
    root.add_command(command)
