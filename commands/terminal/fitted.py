"""A table that never cuts what it shows: columns of words grow narrower; where that is too little, rows are blocks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich import box
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Column, Table
from rich.text import Text

from commands.terminal.output import escaped

_BETWEEN = 3
_LONGEST_WORD = 24
"""What is longer, an address or a digest, is folded rather than given a column of its own width."""


class FittedTable(Table):
    """A table that reads well on a screen and in a file.

    A number, a date and a word stay whole whatever the width: a column is never narrower than its longest word, and
    where the columns do not fit beside each other, each row is printed as a block of lines.
    """

    def __init__(self, title: str | None = None) -> None:
        super().__init__(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, title=title and escaped(title))
        self.title_justify, self.title_style = "left", "bold"

    def add_row(self, *cells: Any, **how: Any) -> None:
        """Add a row as `Table` does, its text as a terminal shows it, so that widths are counted on what is shown."""
        super().add_row(*(escaped(cell) if isinstance(cell, str) else cell for cell in cells), **how)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Print as a table where that fits into the width, else as blocks."""
        widths = self._fitting(options.max_width)
        if widths is None:
            yield from self._blocks()
            return
        for column, width in zip(self.columns, widths, strict=True):
            column.width = width
        yield from super().__rich_console__(console, options)

    def _fitting(self, width: int) -> list[int] | None:
        """Share the width out: to each column what it needs, then, as far as there is more, what it would like."""
        widths = [_needs(column) for column in self.columns]
        wishes = [max(map(cell_len, _texts(column))) for column in self.columns]
        left = width - sum(widths) - _BETWEEN * (len(widths) - 1)
        if left < 0:
            return None
        while left > 0 and (narrow := [place for place, wish in enumerate(wishes) if widths[place] < wish]):
            narrowest = min(narrow, key=lambda place: widths[place])
            widths[narrowest] += 1
            left -= 1
        return widths

    def _blocks(self) -> RenderResult:
        if self.title:
            yield Text(str(self.title), style="bold", overflow="fold")
        headings = [str(column.header) for column in self.columns]
        for row, cells in enumerate(zip(*(_cells(column) for column in self.columns), strict=True)):
            yield Text()
            for heading, cell in zip(headings, cells, strict=True):
                if cell:
                    yield Text(f"{heading}: {cell}", style=self.rows[row].style or "", overflow="fold")


def _texts(column: Column) -> Sequence[str]:
    return [str(column.header), *_cells(column)]


def _cells(column: Column) -> list[str]:
    return [str(cell) for cell in column.cells]


def _needs(column: Column) -> int:
    """The least width of a column, in characters."""
    parts = _texts(column) if column.no_wrap else [word for text in _texts(column) for word in text.split()]
    longest = max(map(cell_len, parts), default=1)
    return max(1, longest if column.no_wrap else min(longest, _LONGEST_WORD))
