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
from tests.conftest import ROOT
from tests.monitoring.test_judging import watched
from tests.service.test_prediction_log import NOON, prediction

MARKED = ["[/bold]", "[red]x[/red]", "[link=file:///etc/passwd]x", "[", "a\\[b", ":smile:", "\x1b[3m"]


def shown(text: str) -> str:
    """How a terminal is given it: control signs never reach it as such."""
    return text.replace("\x1b", "\\x1b")


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


@pytest.mark.parametrize(
    ("name", "named"),
    [
        ("a\nb.csv", "a\\nb.csv"),
        ("\x1b[31mred.csv", "\\x1b[31mred.csv"),
        ("\u202egnp.csv", "\\u202egnp.csv"),
        ("100% [bold] #1 ~ü👩\u200d👧.csv", "100% [bold] #1 ~ü👩\u200d👧.csv"),
    ],
)
def test_the_name_of_a_file_is_one_line_whatever_it_is(name, named, tmp_path):
    (tmp_path / name).write_bytes((ROOT / "data" / "sample_reviews.csv").read_bytes())
    checked = CliRunner().invoke(root, ["data", "check", str(tmp_path / name)])
    assert checked.output.splitlines()[0].strip() == f"{named} is in order"
    missing = CliRunner().invoke(root, ["data", "check", str(tmp_path / f"no{name}")])
    assert missing.exit_code == 2
    assert "\x1b" not in missing.output
    assert "\u202e" not in missing.output


@pytest.mark.parametrize(
    "arguments",
    [["train", "--data", "caf\udce9.csv"], ["score", "caf\udce9.csv", "out.csv"], ["predict", "caf\udce9.csv"]],
)
def test_an_argument_that_is_not_utf_8_is_named_before_anything_is_done(arguments):
    done = CliRunner().invoke(root, arguments)
    assert done.exit_code == 2
    assert r"The argument caf\xe9.csv is not written in UTF-8" in done.output


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
