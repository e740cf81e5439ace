"""Files that a person names: - is standard input, which can be read only once and is kept for the command's time."""

from __future__ import annotations

from pathlib import Path

import click

STANDARD_INPUT = "-"


def kept_if_standard_input(path: Path) -> Path:
    """Give the path itself, or that of a file with what standard input has; it goes when the command ends."""
    if str(path) != STANDARD_INPUT:
        return path
    from sentiment.reviews.unpacking import spooled

    kept: Path = click.get_current_context().with_resource(spooled(click.get_binary_stream("stdin")))
    return kept


def name_of(path: Path) -> str:
    """Name a file for people."""
    return "standard input" if str(path) == STANDARD_INPUT else path.name
