"""Files that a person names: - is standard input, which can be read only once and is kept for the command's time."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from commands.terminal.output import escaped
from sentiment.addresses import is_address

STANDARD_INPUT = "-"


class GivenPath(click.Path):
    """A path, and neither an empty one nor an address of objects, both of which would name a folder near here."""

    def __init__(self, **how: Any) -> None:
        super().__init__(path_type=Path, **how)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Make a path of what was given, unless it is no path."""
        if value == "":  # as of a variable of the shell that is not set
            self.fail("an empty path found; the name of a file or folder expected", param, ctx)
        if is_address(value):
            self.fail(f"{value} is an address; the name of a file or folder expected", param, ctx)
        return super().convert(value, param, ctx)


class PathOrAddress(GivenPath):
    """A path, or the address of objects such as ``s3a://bucket/reviews/``, which stays as it is."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Make a path of what is no address."""
        return value if is_address(value) else super().convert(value, param, ctx)


def require_path(named: Path | str | None) -> None:
    """Refuse the address of objects where this process alone does the work.

    Raises:
        InputError: It is that.
    """
    from sentiment.errors import InputError

    if named is not None and is_address(named):
        raise InputError(f"{named} is an address of an object store, which only --engine spark takes; else give a file")


def kept_if_standard_input(path: Path) -> Path:
    """Give the path itself, or that of a file with what standard input has; it goes when the command ends.

    Raises:
        InputError: Standard input is closed.
    """
    if str(path) != STANDARD_INPUT:
        return path
    from sentiment.errors import InputError
    from sentiment.reviews.unpacking import spooled

    if sys.stdin is None:
        raise InputError("standard input is closed; reviews there expected, or the name of a file instead of -")
    return click.get_current_context().with_resource(spooled(sys.stdin.buffer))


def name_of(path: Path) -> str:
    """Name a file for people, in one line that a terminal shows as it is."""
    return "standard input" if str(path) == STANDARD_INPUT else escaped(path.name, one_line=True)


def require_new(path: Path, *, overwrite: bool) -> None:
    """Refuse a file that is there already, unless it may be replaced, or whose folder is not there.

    Raises:
        InputError: It is so.
    """
    from sentiment.errors import InputError

    if path.exists() and not overwrite:
        raise InputError(f"{path} exists already; --overwrite replaces it")
    if not path.parent.is_dir():
        raise InputError(f"{path.parent} is no folder; one to write {path.name} into expected")


def write_page(path: Path, page: str) -> None:
    """Write a page whole.

    Raises:
        InputError: It cannot be written.
    """
    from sentiment.atomic import write_atomically
    from sentiment.errors import InputError

    try:
        write_atomically(path, page)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}") from error
