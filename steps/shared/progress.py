"""What the person who waits for a pipeline sees: a line a step, and how far the one that runs is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, Task, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.text import Text

from sentiment.scoring.files import Progress as OnProgress

End = Literal["done", "cached", "failed", "skipped"]
_SHOWN: dict[End, tuple[str, str, str]] = {  # mark, colour, words
    "done": ("✓", "green", ""),
    "cached": ("✓", "cyan", "from the cache"),
    "failed": ("✗", "red", "failed"),
    "skipped": ("–", "yellow", "not run"),
}
_REDRAWS_A_SECOND = 4  # ten, the default, would take time from the step


class Display:
    """A line on standard error for each step that ended; below them, on a terminal, the one that runs and a bar.

    Args:
        steps: Gives the names of all that will run; asked when the first one begins or ends.
        terminal: By default standard error.
    """

    def __init__(self, steps: Callable[[], Collection[str]], terminal: Console | None = None) -> None:
        self._terminal = terminal or Console(stderr=True, highlight=False, markup=False, emoji=False)
        self._steps = steps
        self._ended = 0
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[amount]}", markup=False),
            TimeElapsedColumn(),
            _TimeLeft(),
            console=self._terminal,
            refresh_per_second=_REDRAWS_A_SECOND,
            transient=True,
            disable=not self._terminal.is_terminal,
        )
        self._running = self._progress.add_task("preparing", total=None, amount="")

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Be what `progress_bar` adds its bars to, until the body ends."""
        token = _shown.set(self)
        try:
            with self._progress:
                yield
        finally:
            _shown.reset(token)

    def begin(self, step: str) -> None:
        """Show that a step runs, since now."""
        total = len(self._steps())
        amount = f"{self._ended} of {total} steps"
        self._progress.reset(self._running, description=step, completed=self._ended, total=total, amount=amount)

    def end(self, step: str, how: End, seconds: float | None = None) -> None:
        """Leave a line about a step.

        Args:
            step: Its name.
            how: It ended.
            seconds: It took; None where it did not run.
        """
        mark, colour, words = _SHOWN[how]
        self._ended += 1
        took = "" if seconds is None else f"{seconds:.1f} s"
        width = max(map(len, self._steps()), default=0)
        line = f" {step:<{width}}  {took:>7}  {words}".rstrip()
        self._terminal.print(Text.assemble((mark, colour), line), soft_wrap=True)

    @contextmanager
    def bar(self, name: str, unit: str) -> Iterator[OnProgress]:
        """Add a bar for long work on many rows, or other units, while the body does it."""
        task = self._progress.add_task(name, amount="", is_even=True)
        try:
            yield lambda done, total, rows: self._progress.update(
                task, completed=done, total=total, amount=f"{rows:,} {unit}"
            )
        finally:
            self._progress.remove_task(task)


_shown: ContextVar[Display | None] = ContextVar("display", default=None)


@contextmanager
def progress_bar(name: str, unit: str = "rows") -> Iterator[OnProgress]:
    """Show a bar, which counts in `unit`, while the body runs.

    Nothing is shown where nobody waits: in a container, or with ``--quiet``.
    """
    display = _shown.get()
    if display is None:
        yield lambda _done, _total, _rows: None
        return
    with display.bar(name, unit) as on_progress:
        yield on_progress


class _TimeLeft(TimeRemainingColumn):
    """The time left of work on rows, which take about as long as each other; steps do not."""

    def render(self, task: Task) -> Text:
        return super().render(task) if task.fields.get("is_even") else Text()
