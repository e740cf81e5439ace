"""Text that comes from outside is text in every table and message, whatever it looks like."""

from __future__ import annotations

import io

import pytest
from click.testing import CliRunner

from commands.root import root
from commands.terminal.output import literal
from commands.terminal.recorded import recorded_table
from commands.terminal.watched import history_table
from sentiment.monitoring.history import Acknowledgement
from tests.monitoring.test_judging import watched
from tests.service.test_prediction_log import NOON, prediction

MARKED = ["[/bold]", "[red]x[/red]", "[link=file:///etc/passwd]x", "[", "a\\[b", ":smile:", "\x1b[31mred"]


def shown(text: str) -> str:
    """What a terminal makes of it: control signs never reach it."""
    return text.replace("\x1b", "")


def printed(table) -> str:
    written = io.StringIO()
    literal(file=written, width=200).print(table)
    return written.getvalue()


@pytest.mark.parametrize("text", MARKED)
def test_a_department_a_title_and_a_note_are_shown_as_they_are(text, tmp_path):
    file = tmp_path / "reviews.csv"
    rows = [f"nice and soft {number},{number % 2},{text}\n" for number in range(80)]
    file.write_text("Review Text,Recommended IND,Department Name\n" + "".join(rows))
    done = CliRunner().invoke(root, ["data", "check", str(file)])
    assert done.exit_code == 0, done.output
    assert shown(text) in done.output
    assert shown(text) in printed(recorded_table([prediction(1, review=text)], {}))
    noted = watched(acknowledged=Acknowledgement(who=text, why="w", at=NOON))
    assert shown(text) in printed(history_table([noted]))


@pytest.mark.parametrize("columns", ["40", "60", "80"])
def test_no_summary_of_a_command_is_cut(columns, monkeypatch):
    monkeypatch.setenv("COLUMNS", columns)
    shown = CliRunner().invoke(root, ["--help"]).output
    assert "..." not in shown.partition("Commands:")[2]


def test_ctrl_c_is_130_and_says_so(monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("sentiment.reviews.reading.read", interrupted)
    done = CliRunner().invoke(root, ["data", "check", __file__])
    assert done.exit_code == 130
    assert done.output.endswith("interrupted\n")
    assert "Aborted" not in done.output
