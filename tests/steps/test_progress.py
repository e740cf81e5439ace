"""What the display of a run writes, on a terminal and elsewhere."""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from steps.shared.progress import Display, progress_bar

COLOUR = re.compile(r"\x1b\[[0-9;]*3[0-7]")


def shown(terminal: bool, **environment: str) -> str:
    """Everything written while two steps end and a third scores some rows."""
    written = io.StringIO()
    console = Console(file=written, force_terminal=terminal, width=80, color_system="auto", _environ=environment)
    display = Display(lambda: ["ingest", "score"], console)
    with display.shown():
        display.begin("ingest")
        display.end("ingest", "done", 1.26)
        display.begin("score")
        with progress_bar("reviews.csv") as on_progress:
            on_progress(50, 100, 1234)
            display._progress.refresh()
        display.end("score", "failed", 0.04)
    return written.getvalue()


def test_elsewhere_than_on_a_terminal_there_are_plain_lines_alone():
    assert shown(terminal=False).splitlines() == ["✓ ingest    1.3 s", "✗ score     0.0 s  failed"]


def test_a_terminal_shows_the_step_that_runs_and_how_far_its_rows_are():
    text = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown(terminal=True, TERM="xterm"))
    assert "1 of 2 steps" in text
    assert re.search(r"reviews\.csv .*1,234 rows", text)


@pytest.mark.parametrize(("environment", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_no_color_is_respected(environment: dict[str, str], coloured: bool):
    assert bool(COLOUR.search(shown(terminal=True, TERM="xterm-256color", **environment))) is coloured


def test_a_bar_that_nobody_watches_is_none():
    with progress_bar("reviews.csv") as on_progress:
        assert on_progress(1, 2, 3) is None
