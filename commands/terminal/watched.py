"""The table of windows that were judged."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import shorten
from typing import TYPE_CHECKING

from rich.table import Table

from commands.terminal.columns import plain_table

if TYPE_CHECKING:
    from sentiment.monitoring.history import Watched


_LONGEST = 200
"""Characters of the reasons; a window's page and ``--json`` have all of them."""


def history_table(windows: Sequence[Watched]) -> Table:
    """One row a window, oldest first."""
    table = plain_table("judged (UTC)", "window", "version", "state", "rows", "why", "acknowledged")
    for one in windows:
        noted = f"{one.acknowledged.who}: {one.acknowledged.why}" if one.acknowledged else ""
        state = one.judgement.state + ("" if one.told or one.judgement.state != "alarm" else " (told before)")
        table.add_row(
            f"{one.judged:%Y-%m-%d %H:%M}",
            one.window,
            one.version,
            state,
            f"{one.judgement.rows:,}",
            shorten("; ".join(one.judgement.reasons), _LONGEST, placeholder=" …"),
            noted,
        )
    return table
