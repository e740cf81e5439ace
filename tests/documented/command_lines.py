"""Checks a command line as it stands in a document: parsed as it would be, with its values checked, and not run."""

from __future__ import annotations

import ast
import re
import shlex
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import click
import yaml

from commands.root import root
from sentiment.errors import SentimentError
from tests.conftest import ROOT
from tests.documented.run_arguments import NOT_PARSED, check_run

_ASSIGNMENT = re.compile(r"[A-Z_]+=\S*")
_BETWEEN_COMMANDS = {"&&", "||", ";", "|", "&"}


class WrongExampleError(Exception):
    """An example that a reader could not run."""


def check(line: str, *, whole: bool = True) -> tuple[str, ...] | None:
    """Check every command of a line that is one of this project's.

    Args:
        line: As a document shows it; a comment behind it is left out.
        whole: Whether it can be run as it stands; else arguments may be missing, as in ``score --workers 2``.

    Returns:
        The words of the last command of `run.py` in it, such as ``("registry", "show")``; None where there is none.

    Raises:
        WrongExampleError: Something in it is not known, is not allowed or does not exist.
    """
    meant = None
    for words in _commands(line):
        try:
            meant = _check_command(words, whole=whole) or meant
        except (click.ClickException, SentimentError, ValueError) as error:
            said = error.format_message() if isinstance(error, click.ClickException) else str(error)
            raise WrongExampleError(f"{shlex.join(words)}: {said}") from error
    return meant


def arguments_of(line: str) -> list[str] | None:
    """Give what stands behind ``run.py`` in a line that has nothing else; None for any other line."""
    commands = list(_commands(line))
    return commands[0][2:] if len(commands) == 1 and _is_run(commands[0]) else None


def _commands(line: str) -> Iterator[list[str]]:
    """Split a line into its commands, without the variables that are set for them."""
    if "<(" in line or "$(" in line:  # such as ZENML_CONFIG_PATH=$(mktemp -d)
        return
    try:
        words = shlex.split(line, comments=True)
    except ValueError as error:
        if "run.py " in line:
            raise WrongExampleError(f"{line}: {error}") from error
        return  # an apostrophe: it is no command line
    command: list[str] = []
    for word in [*words, ";"]:
        if word in _BETWEEN_COMMANDS:
            if command:
                yield command
            command = []
        elif command or not _ASSIGNMENT.fullmatch(word):
            command.append(word)


def _is_run(words: Sequence[str]) -> bool:
    return len(words) > 1 and Path(words[0]).name.startswith("python") and Path(words[1]).name == "run.py"


def _check_command(words: list[str], *, whole: bool) -> tuple[str, ...] | None:
    for at in range(len(words)):  # a line of a crontab: the times come first
        if _is_run(words[at:]):
            return check_run(words[at + 2 :], whole=whole)
    program, arguments = Path(words[0]).name, words[1:]
    if program == "sentiment" and not words[0].endswith("/"):
        return check_run(arguments, whole=whole)
    if program == "make":
        _check_make(arguments)
    elif program.startswith("python") and arguments:
        _check_python(arguments)
    elif program in ("pip", "uv") and "install" in arguments:
        _check_install(arguments)
    elif [program, *arguments[:2]] == ["mlflow", "run", "."]:
        _check_mlflow_run(arguments[2:])
    elif not whole and len(words) > 1 and program in root.commands and words[1] != "=":  # a formula
        return check_run(words, whole=False)
    return None


def _check_make(arguments: Sequence[str]) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(" ".join(re.findall(r"^([a-z][\w -]*):(?!=)", makefile, re.MULTILINE)).split())
    for word in arguments:
        name, is_set, _ = word.partition("=")
        if is_set:
            if not re.search(rf"^{re.escape(name)} \??:?=", makefile, re.MULTILINE):
                raise ValueError(f"the Makefile has no variable {name}")
        elif name not in targets:
            raise ValueError(f"the Makefile has no target {name!r}")


def _check_python(arguments: Sequence[str]) -> None:
    if arguments[0] != "-m":
        script = ROOT / arguments[0]
        if script.suffix == ".py":
            _check_script(script, arguments[1:])
        return
    module, *rest = arguments[1:]
    if module == "pytest":
        for word in rest:
            if not word.startswith("-") and not (ROOT / word).exists():
                raise ValueError(f"there is no {word}")
    elif module.split(".")[0] == "benchmarks":
        _benchmarks(module).make_context(module, [word for word in rest if word not in NOT_PARSED])


@cache
def _benchmarks(module: str) -> click.Command:
    if module == "benchmarks":
        from benchmarks.__main__ import main

        return main
    if module == "benchmarks.traffic":
        from benchmarks.traffic import traffic

        return traffic
    raise ValueError(f"there is no program {module}")


def _check_script(script: Path, arguments: Sequence[str]) -> None:
    """Check options against those that a program's source names: some have an environment of their own."""
    if not script.is_file():
        raise ValueError(f"there is no {script.relative_to(ROOT)}")
    constants = {node.value for node in ast.walk(ast.parse(script.read_text())) if isinstance(node, ast.Constant)}
    for word in arguments:
        if word.startswith("--") and word not in constants:
            raise ValueError(f"{script.relative_to(ROOT)} has no option {word}")


def _check_install(arguments: Sequence[str]) -> None:
    known = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"].keys()
    for word in arguments:
        if (named := re.fullmatch(r"\.\[(.+)\]", word)) and (unknown := set(named[1].split(",")) - known):
            raise ValueError(f"there is no extra {', '.join(unknown)}")


def _check_mlflow_run(arguments: Sequence[str]) -> None:
    points = yaml.safe_load((ROOT / "MLproject").read_text(encoding="utf-8"))["entry_points"]
    pairs = list(zip(arguments[::2], arguments[1::2], strict=True))
    name = dict(pairs).get("-e", "main")
    if name not in points:
        raise ValueError(f"MLproject has no entry point {name!r}")
    given = {value.partition("=")[0] for option, value in pairs if option == "-P"}
    if unknown := given - points[name]["parameters"].keys():
        raise ValueError(f"the entry point {name} has no parameter {', '.join(unknown)}")
