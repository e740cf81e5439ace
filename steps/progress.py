"""How far a long step is, for the person who waits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from sentiment.scoring.files import Progress as OnProgress


@contextmanager
def progress_bar(name: str) -> Iterator[OnProgress]:
    """Show a bar on standard error while the body runs; nothing where that is not a terminal."""
    terminal = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[rows]:,} rows"))
    with Progress(*columns, TimeRemainingColumn(), console=terminal, disable=not terminal.is_terminal) as bar:
        task = bar.add_task(name, rows=0)
        yield lambda done, total, rows: bar.update(task, completed=done, total=total, rows=rows)
