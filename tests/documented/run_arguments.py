"""Checks arguments of `run.py`: parsed as it would parse them, with the values that commands look at when they run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import click

from commands.project import SEARCH_SPACE, TRAINING_CONFIG
from commands.root import root
from sentiment.monitoring.window import choose
from sentiment.reviews.schema import Schema
from sentiment.search import engines
from sentiment.search.space import load_space
from sentiment.service.predictions import Log
from sentiment.service.settings import limits_of
from sentiment.spark.training import require_trainable
from sentiment.training.candidates import load_training_config
from tests.conftest import ROOT

PLACEHOLDERS = {
    "stack set-up NAME": "s3",
    "--resume NAME": "20260131-101500",
    "--only NAME": "tfidf_linear",
    "--limit NAME=NUMBER": "reviews=50",
    "--spark-conf spark.pyspark.python=PATH": "spark.pyspark.python=/usr/bin/python3",
    "--version N": "3",
    "--trust-proxy ADDRESS": "10.0.0.1",
    "--before DATE": "2026-01-31",
    "CRON": "0 3 * * 1",
    "FILE": "reviews.csv",
    "FOLDER": "build/image",
    "ID": "0f8fad5bd9cb469fa165f33e0d1f1b0c",
    "REASON": "the autumn collection",
    "RUN": "customer_sentiment_training-2026_01_31-12_00_00_000000",
    "VERSION": "3",
    "WINDOW": "0f8fad5bd9cb469f",
}
"""What a reader writes for a word in capitals; where that depends on the words before it, with those words."""

READERS_FILES = ("labels.csv", "reviews.csv", "reviews.txt", "said.csv", "scored.parquet")
"""Files that Click opens or looks for, so that the current folder must have them."""

_CAPITALS = re.compile(r"\[?(?:\S+=)?[A-Z]{1,}(?:=[A-Z]+)?\]?(?:\.\.\.)?")
NOT_PARSED = {"…", "-h", "--help"}
"""What stands for anything, and what prints the help while it is parsed."""
_LEFT_OUT = (click.MissingParameter, click.BadOptionUsage, click.exceptions.NoArgsIsHelpError)
"""What Click raises where an argument, the value of an option or the command of a group is missing."""


def check_run(arguments: Sequence[str], *, whole: bool = True) -> tuple[str, ...]:
    """Parse the arguments of `run.py` as it would, without doing anything; gives the command that is meant.

    Raises:
        ClickException: As Click refuses them; or a value is one that the command would refuse when it runs.
        SentimentError: The same.
    """
    left_out = NOT_PARSED.intersection(arguments)
    arguments = list(_without_stack(_filled_in([word for word in arguments if word not in left_out])))
    whole = whole and not left_out
    command: click.Command = root
    path: list[str] = []
    context = root.make_context("run.py", arguments)
    while isinstance(command, click.Group) and (rest := [*context._protected_args, *context.args]):
        name, below, rest = command.resolve_command(context, rest)
        assert name is not None and below is not None
        path.append(name)
        try:
            command, context = below, below.make_context(name, rest, parent=context)
        except _LEFT_OUT:
            if whole:
                raise
            return tuple(path)
    if whole and isinstance(command, click.Group) and not command.invoke_without_command:
        raise click.UsageError(f"{' '.join(path)} needs a command behind it")
    for name, value in context.params.items():
        if name in _VALUES and value not in (None, ()):
            _VALUES[name](value, context.params)
    _check_schema(context.params)
    return tuple(path)


def _filled_in(words: Sequence[str]) -> list[str]:
    """Put a value for each word in capitals."""
    filled: list[str] = []
    for at, word in enumerate(words):
        if not _CAPITALS.fullmatch(word):
            filled.append(word)
            continue
        name = word.strip("[].")
        known = (PLACEHOLDERS.get(" ".join([*words[max(at - before, 0) : at], name])) for before in (2, 1, 0))
        value = next(filter(None, known), None)
        if value is None:
            raise ValueError(f"{word} has no value in the table of placeholders")
        filled.append(value)
    return filled


def _without_stack(words: Iterable[str]) -> Iterator[str]:
    """Leave ``--stack NAME`` out, which opens ZenML while it is parsed, and check its name."""
    words = iter(words)
    for word in words:
        option, is_together, name = word.partition("=")
        if option != "--stack":
            yield word
        elif (stack := name if is_together else next(words, None)) is not None:
            _known_stack(stack)


def _known_stack(name: str, params: dict[str, Any] | None = None) -> None:
    if not (ROOT / "stack_config" / f"{name}.yaml").is_file():
        raise ValueError(f"there is no stack {name!r}")
    text = (ROOT / "stack_config" / f"{name}.yaml").read_text(encoding="utf-8")
    for setting in (params or {}).get("settings", ()):
        if f"${{{setting.partition('=')[0]}" not in text:
            raise ValueError(f"stack {name} has no value {setting!r}")


def _known_candidates(names: tuple[str, ...], params: dict[str, Any]) -> None:
    if params["config_path"] != TRAINING_CONFIG:
        return
    for candidate in load_training_config(TRAINING_CONFIG).only(names).candidates:
        if params.get("engine") == "spark":
            require_trainable(candidate)


def _in_the_shipped_space(names: tuple[str, ...], params: dict[str, Any]) -> None:
    if params["space_path"] == SEARCH_SPACE:
        load_space(SEARCH_SPACE).only(names)


def _known_algorithm(name: str, params: dict[str, Any]) -> None:
    known = engines.get(params["engine"]).ALGORITHMS
    if name not in known:
        raise ValueError(f"engine {params['engine']} has no algorithm {name!r}; there are: {', '.join(known)}")


def _version(given: str, _: dict[str, Any]) -> None:
    if given != "champion" and not given.isdigit():
        raise ValueError(f"{given!r} is no version; a number, or champion expected")


def _run(given: str, _: dict[str, Any]) -> None:
    if not re.fullmatch(r"[0-9a-f-]{32,36}|customer_sentiment_\w+-[0-9_-]+", given):
        raise ValueError(f"{given!r} is no name or id of a run")


def _window(given: str, params: dict[str, Any]) -> None:
    if "log" in params:  # `monitor`; that of `monitor ack` is an identity
        choose(Log((), (), ()), given, "", now=datetime.now(UTC))


def _settings_of_spark(given: tuple[str, ...], _: dict[str, Any]) -> None:
    for setting in given:
        if not re.fullmatch(r"spark\.\S+=\S+", setting):
            raise ValueError(f"{setting!r} is no setting of Spark")


def _image(given: tuple[str, ...], params: dict[str, Any]) -> None:
    if len(given) > 1:
        _version(given[0], params)


_VALUES: dict[str, Callable[[Any, dict[str, Any]], object]] = {
    "algorithm": _known_algorithm,
    "family_names": _in_the_shipped_space,
    "first": _version,
    "given": _image,
    "limits": lambda given, _: limits_of({}, given),
    "name": lambda given, params: _known_stack(given, params) if "settings" in params else None,
    "only": _known_candidates,
    "run": _run,
    "second": _version,
    "spark_conf": _settings_of_spark,
    "version": _version,
    "window": _window,
}
"""Values that Click takes and the command refuses later, by the name of the parameter."""


def _check_schema(params: dict[str, Any]) -> None:
    given = {name.removeprefix("schema_"): value for name, value in params.items() if name.startswith("schema_")}
    named = {name: value for name, value in given.items() if name != "path" and value is not None}
    if named and given["path"] is None:
        Schema.from_mapping(named, source="the options")
