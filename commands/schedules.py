"""`--schedule`: training or monitoring again and again, by the stack's orchestrator or by this machine's crontab."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from commands.cron import checked
from commands.project import ROOT
from commands.terminal.output import print_json
from sentiment.environment import OF_OTHER_JOBS
from stack_config.active import HOME, REPOSITORY, SOURCES, zenml_folder

OPTION = "--schedule"
_PREFIXES = ("AWS_", "AZURE_", "CLOUDSDK_", "GOOGLE_", "KUBE", "MLFLOW_", "PG", "SENTIMENT_", "SSL_", "ZENML_")
_NAMES = (
    *("ALL_PROXY", "CURL_CA_BUNDLE", "HTTPS_PROXY", "HTTP_PROXY", "KERAS_BACKEND", "NO_PROXY", "PYTHONPATH"),
    *("REQUESTS_CA_BUNDLE", "TMPDIR", "XDG_CONFIG_HOME"),
)
"""Variables that this project, ZenML, MLflow and their clients read, in either case."""
_SECRET = re.compile(r"KEY|PASS|SECRET|TOKEN|CREDENTIAL|_DATABASE$|_WEBHOOK$")
_PLACE = re.compile(r"FILE$|_PATH$|^GOOGLE_APPLICATION_CREDENTIALS$")
"""Names of variables that hold a secret, and of those that hold the path of one."""
_WITH_ACCOUNT = re.compile(r"://[^/\s]*@")
SECRETS_FILE = "sentiment_secrets.env"


def checked_cron(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:  # noqa: ARG001
    """Make sure that a value is a cron expression, for Click."""
    try:
        return None if value is None else checked(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def require_schedulable(cron: str) -> None:
    """Make sure that the active stack's orchestrator starts pipelines by itself.

    Raises:
        ConfigError: It does not; the message has the line for the crontab that gives this command.
    """
    from pipelines.schedule import require_schedulable as require

    given = click.get_current_context().find_root().obj
    home = zenml_folder().absolute()
    settings, secrets = settings_and_secrets({**given, HOME: str(home)})
    file = home / SECRETS_FILE if secrets else None
    program = [sys.executable, str(ROOT / "run.py")]
    line = crontab_line(cron, program, sys.argv[1:], Path.cwd(), settings, file)
    advice = "This line in the crontab of this machine (`crontab -e`) does the same"
    if file is not None:
        quoted = shlex.quote(str(file))
        advice += (
            f". It reads secrets, which are not in it, from {file}: write {', '.join(secrets)} there, each as a line "
            f"NAME='value', with mode 600 so that nobody else can read it "
            f"(`touch {quoted} && chmod 600 {quoted}` before you edit it)"
        )
    require(instead=f"{advice}:\n{line}")


def settings_and_secrets(environment: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Choose the variables that a command reads, and that cron does not pass on.

    Args:
        environment: As the command was started with.

    Returns:
        The settings, and the names of the variables that hold a secret. A value of several lines is among them: it
        cannot stand in a crontab.
    """
    given = {
        name: value
        for name, value in sorted(environment.items())
        if value
        and (name.startswith(_PREFIXES) or name.upper() in _NAMES)
        and name not in (*OF_OTHER_JOBS, REPOSITORY, SOURCES)
    }
    secrets = [name for name, value in given.items() if _is_secret(name, value)]
    return {name: value for name, value in given.items() if name not in secrets}, secrets


def _is_secret(name: str, value: str) -> bool:
    named = _SECRET.search(name.upper()) and not _PLACE.search(name.upper())
    return bool(named or _WITH_ACCOUNT.search(value) or "\n" in value)


def tell_scheduled(name: str, cron: str, *, as_json: bool) -> None:
    """Tell what a schedule is called, and how it is ended."""
    if as_json:
        print_json({"schedule": name, "cron": cron})
        return
    click.echo(f"Scheduled as {name}: {cron}.")
    click.echo(f"`zenml pipeline schedule list` shows it, `zenml pipeline schedule delete {name}` ends it.")


def crontab_line(
    cron: str,
    program: Sequence[str],
    arguments: Sequence[str],
    folder: Path,
    settings: Mapping[str, str],
    secrets_file: Path | None,
) -> str:
    """Write the line of a crontab that gives a command at the times of a cron expression.

    Args:
        cron: The expression.
        program: What runs the command, with whole paths: cron has another PATH.
        arguments: As they were given, `--schedule` and its value among them, which are left out.
        folder: Where they were given: paths among them are relative to it.
        settings: Variables of the command; cron passes nothing on but HOME, LOGNAME, SHELL and a PATH of its own.
        secrets_file: A file of lines ``NAME='value'`` whose variables the command gets too; None for none.
    """
    secrets = f"set -a && . {shlex.quote(str(secrets_file))} && set +a && " if secrets_file else ""
    given = [f"{name}={shlex.quote(value)}" for name, value in settings.items()]
    command = " ".join([*given, shlex.join([*program, *_without_option(arguments)])])
    # In a crontab an unescaped per cent sign ends the line.
    return f"{cron} " + f"cd {shlex.quote(str(folder))} && {secrets}{command}".replace("%", r"\%")


def _without_option(arguments: Sequence[str]) -> list[str]:
    left = list(arguments)
    for position, argument in enumerate(left):
        if argument == OPTION:
            return [*left[:position], *left[position + 2 :]]
        if argument.startswith(f"{OPTION}="):
            return [*left[:position], *left[position + 1 :]]
    return left
