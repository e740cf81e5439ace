"""`--schedule`: training or monitoring again and again, by the stack's orchestrator or by this machine's crontab."""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from commands.project import ROOT
from commands.terminal.output import print_json

OPTION = "--schedule"
_FIELDS = (("minute", 0, 59), ("hour", 0, 23), ("day of the month", 1, 31), ("month", 1, 12), ("day of the week", 0, 7))
_FIELD = re.compile(r"[0-9A-Za-z*/,-]+")
_NUMBER = re.compile(r"(?<![\d/])\d+")  # what stands behind a stroke is a step, not a time
_KEPT = ("ZENML_CONFIG_PATH",)
"""Variables that say where things are kept, and that cron does not hand on."""


def checked_cron(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:  # noqa: ARG001
    """Make sure that a value is a cron expression, for Click."""
    if value is None:
        return None
    fields = value.split()
    if len(fields) != len(_FIELDS) or not all(_FIELD.fullmatch(field) for field in fields):
        raise click.BadParameter(
            f"{value!r} is no cron expression; five fields expected ({', '.join(name for name, *_ in _FIELDS)}), "
            'such as "0 3 * * 1" for Mondays at three'
        )
    for field, (name, first, last) in zip(fields, _FIELDS, strict=True):
        if wrong := [number for number in _NUMBER.findall(field) if not first <= int(number) <= last]:
            raise click.BadParameter(f"{wrong[0]} is no {name}; {first} to {last} expected")
    return " ".join(fields)


def require_schedulable(cron: str) -> None:
    """Make sure that the active stack's orchestrator starts pipelines by itself.

    Raises:
        ConfigError: It does not; the message has the line for the crontab that gives this command.
    """
    from pipelines.schedule import require_schedulable as require

    program = [sys.executable, str(ROOT / "run.py")]
    require(instead=crontab_line(cron, program, sys.argv[1:], Path.cwd(), os.environ))


def tell_scheduled(name: str, cron: str, *, as_json: bool) -> None:
    """Tell what a schedule is called, and how it is ended."""
    if as_json:
        print_json({"schedule": name, "cron": cron})
        return
    click.echo(f"Scheduled as {name}: {cron}.")
    click.echo(f"`zenml pipeline schedule list` shows it, `zenml pipeline schedule delete {name}` ends it.")


def crontab_line(
    cron: str, program: Sequence[str], arguments: Sequence[str], folder: Path, environment: Mapping[str, str]
) -> str:
    """Write the line of a crontab that gives a command at the times of a cron expression.

    Args:
        cron: The expression.
        program: What runs the command, with whole paths: cron has another PATH.
        arguments: As they were given, `--schedule` and its value among them, which are left out.
        folder: Where they were given: paths among them are relative to it.
        environment: Of the process; what says where things are kept is repeated in the line.
    """
    kept = [f"{name}={shlex.quote(environment[name])}" for name in _KEPT if environment.get(name)]
    command = " ".join([*kept, shlex.join([*program, *_without_option(arguments)])])
    # In a crontab an unescaped per cent sign ends the line.
    return f"{cron} " + f"cd {shlex.quote(str(folder))} && {command}".replace("%", r"\%")


def _without_option(arguments: Sequence[str]) -> list[str]:
    left = list(arguments)
    for position, argument in enumerate(left):
        if argument == OPTION:
            return [*left[:position], *left[position + 2 :]]
        if argument.startswith(f"{OPTION}="):
            return [*left[:position], *left[position + 1 :]]
    return left
