"""Tables that fit the terminal: columns that matter least are left out first, and what is left is never cut."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, TypeVar

from rich.cells import cell_len

from commands.terminal.fitted import FittedTable

Row = TypeVar("Row")
_BETWEEN = 3


class Column(NamedTuple, Generic[Row]):
    """One column.

    Attributes:
        value: Of a row.
        numeric: Flush right.
        spare: Left out in a narrow terminal, the highest first; with 0, never.
    """

    heading: str
    value: Callable[[Row], str]
    numeric: bool = False
    spare: int = 0


def table_of(
    columns: Sequence[Column[Row]],
    rows: Sequence[Row],
    *,
    width: int,
    title: str | None = None,
    marked: Callable[[Row], bool] = lambda _: False,
) -> FittedTable:
    """Lay rows out, as plain text: what looks like rich's markup is shown as it is.

    Args:
        columns: All that could be shown.
        rows: One line each.
        width: Of the terminal, in characters.
        title: Above the table.
        marked: Rows in bold.
    """
    kept = list(columns)
    while _width(kept, rows) > width and (spare := [column for column in kept if column.spare]):
        kept.remove(max(spare, key=lambda column: column.spare))
    table = plain_table(title=title)
    for column in kept:
        table.add_column(column.heading, justify="right" if column.numeric else "left", no_wrap=True)
    for row in rows:
        table.add_row(*(column.value(row) for column in kept), style="bold" if marked(row) else None)
    return table


def plain_table(*headings: str, title: str | None = None) -> FittedTable:
    """Begin a table whose cells may take several lines."""
    table = FittedTable(title)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


def _width(columns: Sequence[Column[Row]], rows: Sequence[Row]) -> int:
    widths = (max(cell_len(text) for text in (column.heading, *map(column.value, rows))) for column in columns)
    return sum(width + _BETWEEN for width in widths) - _BETWEEN
