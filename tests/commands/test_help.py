"""What `--help` says of every command: an example that can be typed as it stands."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import click
import pytest

from commands.root import root

EXAMPLE = re.compile(r"Example: python run\.py (.+?)(?:\n\s*\n|\Z)", re.DOTALL)


def commands(command: click.Command, context: click.Context, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """All that do something: groups that only have commands below them are left out."""
    if not isinstance(command, click.Group) or command.invoke_without_command:
        yield path
    for name in command.list_commands(context) if isinstance(command, click.Group) else ():
        below = command.get_command(context, name)
        assert below is not None
        yield from commands(below, click.Context(below, parent=context, info_name=name), (*path, name))


PATHS = sorted(path for path in commands(root, click.Context(root, info_name="run.py")) if path)


def parsed(arguments: list[str]) -> tuple[str, ...]:
    """Parse a command line as `run.py` would, without doing anything; gives the command that was meant."""
    command: click.Command = root
    context = root.make_context("run.py", arguments)
    path: list[str] = []
    while isinstance(command, click.Group) and (rest := [*context._protected_args, *context.args]):
        name, below, left = command.resolve_command(context, rest)
        assert name is not None and below is not None
        path.append(name)
        command, context = below, below.make_context(name, left, parent=context)
    return tuple(path)


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_each_command_has_an_example_that_means_it(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "labels.csv").touch()  # a file that is looked for at once
    command: click.Command | None = root
    for name in path:
        command = command.get_command(click.Context(command), name)  # type: ignore[union-attr]
    found = EXAMPLE.search(command.help or "")
    assert found, f"{' '.join(path)} has no example"
    assert parsed(shlex.split(found[1])) == path
