"""The root command: which commands there are, and how errors become exit codes."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from difflib import get_close_matches
from functools import wraps
from typing import Any

import click
from click_default_group import DefaultGroup

from commands import environment
from commands.dashboards import dashboard, mlflow_ui
from commands.data import data
from commands.image import image
from commands.monitor import monitor
from commands.page import page
from commands.predictions import predictions
from commands.registry import archive, download, promote, registry, rollback
from commands.report import report
from commands.retrain import retrain
from commands.runs import runs
from commands.score import score
from commands.search import search
from commands.serve import serve
from commands.service import deploy, predict, service
from commands.stack import stack
from commands.status import status
from commands.terminal.output import escaped
from commands.train import train
from commands.without_zenml import WithoutZenML
from sentiment.errors import AlreadyChampionError, SentimentError, ServiceError
from sentiment.failures import unexpected

_AWAY = re.compile(
    r"Error connecting to URL '(?P<url>[^']+)'|HTTPS?ConnectionPool\(host='(?P<host>.+?)', port=(?P<port>\d+)"
)
_MENDED = (
    "ZenML is connected to {server}, which does not answer. Where that is this machine's own server: "
    "`python run.py dashboard` starts it again, `python run.py dashboard stop` goes back to the database without it."
)


class _Failure(click.ClickException):
    """Something went wrong, on its way to the terminal."""

    def __init__(self, message: str, exit_code: int, error: Exception) -> None:
        super().__init__(escaped("\n".join([message, *getattr(error, "__notes__", ())])))
        self.exit_code = exit_code  # type: ignore[misc]  # a ClassVar of click's, which click reads from the error


def _unexpected(error: Exception) -> _Failure:
    """Say in a line what nobody foresaw, such as ZenML's errors when the server it is connected to is away."""
    if isinstance(error, RuntimeError | OSError) and (away := _AWAY.search(str(error))) is not None:
        server = away["url"] or f"{away['host']}:{away['port']}"
        return _Failure(_MENDED.format(server=server), ServiceError.exit_code, error)
    message, exit_code = unexpected(error)
    return _Failure(f"{message}. `-v` before the command shows everything.", exit_code, error)


_WHOLE = 1_000
INTERRUPTED = 130
"""The exit code of what Ctrl-C ended, as shells have it."""
STACK_HELP = "Run on this registered stack, this once."


class _Root(DefaultGroup):  # type: ignore[misc]  # its package has no types
    """Runs ``train`` when no command is named, and turns our errors into messages and exit codes."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Read the arguments, all of which are text: names of files are recorded, and records are written in UTF-8.

        Raises:
            UsageError: One is not.
        """
        for given in args:
            if any("\ud800" <= sign <= "\udfff" for sign in given):
                shown = escaped(os.fsencode(given).decode(errors="backslashreplace"), one_line=True)
                raise click.UsageError(
                    f"The argument {shown} is not written in UTF-8. A name or a text in UTF-8 expected; `mv` gives a "
                    "file another name."
                )
        context: click.Context = super().make_context(info_name, args, parent, **extra)
        return context

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Find a command; an option in its place belongs to ``train``, and any other word was meant to be a command.

        Raises:
            UsageError: There is no such command; the message has those that it may have been.
        """
        if cmd_name not in self.commands and not cmd_name.startswith("-"):
            near = get_close_matches(cmd_name, self.commands)
            advice = f"Did you mean {' or '.join(near)}?" if near else "`python run.py --help` lists those there are."
            raise click.UsageError(f"There is no command {cmd_name!r}. {advice}", ctx)
        command: click.Command | None = super().get_command(ctx, cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands with their whole first sentences, on several lines where that is needed."""
        rows = [(name, command.get_short_help_str(_WHOLE)) for name, command in sorted(self.commands.items())]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo("interrupted", err=True)
            sys.exit(INTERRUPTED)
        except AlreadyChampionError as error:
            click.echo(f"{str(error).capitalize()}.", err=True)
            return None
        except SentimentError as error:
            raise _Failure(str(error), error.exit_code, error) from error
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            if ctx.params.get("verbose"):
                raise
            raise _unexpected(error) from error


@click.group(
    cls=_Root,
    default="train",
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="customer-sentiment-analysis")
@click.option("-v", "--verbose", is_flag=True, help="Show what ZenML, MLflow and TensorFlow have to say.")
@click.option("-q", "--quiet", is_flag=True, help="Print the result alone, or what went wrong.")
@click.option("--stack", "stack_name", metavar="NAME", help=STACK_HELP)
@click.pass_context
def root(ctx: click.Context, verbose: bool, quiet: bool, stack_name: str | None) -> None:
    """Would the customer recommend the product? Train, track and compare classifiers of clothing reviews.

    Without a command, trains every candidate: the same as `train`.

    Exit codes: 0 done, 1 a step failed, 2 bad input or configuration, 3 not promoted,
    4 alarm, 5 unknown and 6 an optional tool is not there of `monitor`, 130 interrupted.
    """
    if quiet and verbose:
        raise click.UsageError("--quiet and --verbose exclude each other")
    ctx.obj = dict(os.environ)  # as it was given: `--schedule` repeats it
    environment.prepare(verbose=verbose, quiet=quiet)
    _use_stack(ctx, None, stack_name)
    if ctx.invoked_subcommand is None:
        ctx.invoke(train)


def _use_stack(ctx: click.Context, param: click.Parameter | None, stack_name: str | None) -> None:  # noqa: ARG001
    if stack_name is not None:
        from stack_config.opening import open_zenml
        from stack_config.selection import use_stack

        open_zenml()
        use_stack(stack_name)


def _opening(callback: Callable[..., Any]) -> Callable[..., Any]:
    """Let a command open ZenML before it runs, unless it does without; a group leaves that to the command behind it."""

    @wraps(callback)
    def opened(*args: Any, **kwargs: Any) -> Any:
        ctx = click.get_current_context()
        if ctx.invoked_subcommand is None and not isinstance(ctx.command, WithoutZenML):
            from stack_config.opening import open_zenml

            open_zenml()
        return callback(*args, **kwargs)

    return opened


def _take_stack(command: click.Command) -> None:
    """Let a command and those below it take ``--stack`` as well, wherever it is written, and open ZenML first."""
    for below in command.commands.values() if isinstance(command, click.Group) else ():
        _take_stack(below)
    option = click.Option(["--stack"], metavar="NAME", help=STACK_HELP, expose_value=False, callback=_use_stack)
    command.params.append(option)
    if command.callback is not None:
        command.callback = _opening(command.callback)


LIFE_OF_A_MODEL = (
    train,
    retrain,
    search,
    runs,
    report,
    registry,
    promote,
    rollback,
    archive,
    download,
    deploy,
    service,
    serve,
    image,
    predict,
    predictions,
    score,
    monitor,
)
for command in (*LIFE_OF_A_MODEL, dashboard, mlflow_ui, page, status):
    _take_stack(command)
for command in (*LIFE_OF_A_MODEL, dashboard, mlflow_ui, page, data, stack, status):
    root.add_command(command)
