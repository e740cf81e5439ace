"""Tables fit the terminal, and never lose what matters most."""

from __future__ import annotations

import io

import pytest

from commands.terminal.columns import Column, table_of
from commands.terminal.output import literal

COLUMNS = [
    Column("name", str),
    Column("length", lambda _: "x" * 10, True, 1),
    Column("note", lambda _: "y" * 20, spare=2),
]


def printed(width):
    out = io.StringIO()
    literal(file=out, width=width).print(table_of(COLUMNS, ["one", "two"], width=width))
    return out.getvalue()


@pytest.mark.parametrize(
    ("width", "shown"), [(80, ("name", "length", "note")), (30, ("name", "length")), (12, ("name",)), (2, ())]
)
def test_columns_that_can_be_spared_are_left_out_until_the_table_fits(width, shown):
    text = printed(width)
    assert {heading for heading in ("name", "length", "note") if heading in text} == set(shown)
    assert all(len(line.rstrip()) <= width for line in text.splitlines())


def test_what_looks_like_markup_is_shown_as_it_is():
    out = io.StringIO()
    table = table_of([Column("name", str)], ["[bold]Ann[/bold]"], width=80, title="[red]file")
    literal(file=out, width=80).print(table)
    assert "[bold]Ann[/bold]" in out.getvalue()
    assert "[red]file" in out.getvalue()
