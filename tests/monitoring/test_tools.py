"""Programs in environments of their own: what is given to them, and that nothing but a whole answer comes back."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from sentiment.errors import ToolError, ToolMissingError
from sentiment.monitoring.rows import rows_of
from sentiment.monitoring.tools import ALIBI, EVIDENTLY, HOME, Drawn, ask, opinion, report
from sentiment.reports import page as page_of
from sentiment.reports import section
from tests.conftest import ROOT
from tests.examples.test_prefect import pins
from tests.monitoring.test_judging import predictions

SAID = {
    "tool": "alibi-detect 0.13.0",
    "test": "classifier two-sample test",
    "rows": 200,
    "p_value": 0.5,
    "distance": 0.1,
    "changed": False,
}
WRITES = "import json, os, sys, time\nfolder = sys.argv[1]\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A place for programs, with this Python in place of their environments."""
    for tool in (ALIBI, EVIDENTLY):
        python = tmp_path / ".venv" / tool.target / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.symlink_to(sys.executable)
    return tmp_path


@pytest.fixture(scope="module")
def sides():
    return rows_of(predictions(100), {}), rows_of(predictions(200, seed=9), {})


def alibi(home, code):
    (home / ALIBI.script).write_text(WRITES + code)


def writes(**changed):
    return f"open(folder + '/answer.json', 'w').write({json.dumps(SAID | changed)!r})"


def asked(home, sides):
    return opinion(*sides, rate=0.01, seed=0, home=home)


def test_an_answer_is_read_and_said_in_a_sentence(home, sides):
    alibi(home, writes())
    assert asked(home, sides).sentence == (
        "alibi-detect 0.13.0, beside: classifier two-sample test of the words finds no change (p 0.5)"
    )


@pytest.mark.parametrize("tool", [ALIBI, EVIDENTLY])
def test_without_the_environment_the_command_that_makes_it_and_the_terms_are_said(tmp_path, tool):
    with pytest.raises(ToolMissingError, match=f"`make {tool.target}` makes it.*Licen[sc]e") as raised:
        ask(tool, {}, tmp_path)
    assert raised.value.exit_code == 6
    assert f"\n{tool.target}:" in (ROOT / "Makefile").read_text()
    assert (HOME / tool.script).is_file()


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("sys.exit('numpy is of no use')", r"failed \(exit code 1\): numpy is of no use"),
        ("os.kill(os.getpid(), 9)", r"failed \(exit code -9\): it said nothing"),
        ("pass", "left no answer; answer.json expected"),
        ("os.symlink('/etc/hostname', folder + '/answer.json')", "left no answer"),
        ("open(folder + '/answer.json', 'w').write(' ' * 10_001)", "10,001 bytes; at most 10,000 expected"),
        ("open(folder + '/answer.json', 'w').write('{')", "something else than a verdict"),
        (writes(p_value=float("nan")), "something else than a verdict"),
        (writes(p_value=1.5), "something else than a verdict"),
        (writes(changed="no"), "something else than a verdict"),
        (writes(tool="<script>alert(1)</script>"), "something else than a verdict"),
        (writes(more=1), "something else than a verdict"),
        (writes(rows=201), "answered about 201 rows; 200 were given"),
    ],
)
def test_whatever_is_no_answer_is_said(home, sides, code, said):
    alibi(home, code)
    with pytest.raises(ToolError, match=said):
        asked(home, sides)


def test_what_does_not_end_is_ended(home):
    alibi(home, "while True: time.sleep(1)")
    with pytest.raises(ToolError, match="did not answer within 1 seconds and was ended"):
        ask(ALIBI, {}, home, seconds=1)


def test_a_program_sees_none_of_our_variables(home, monkeypatch):
    monkeypatch.setenv("SENTIMENT_WEBHOOK", "https://secret")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    alibi(home, "open(folder + '/answer.json', 'w').write(json.dumps(dict(os.environ)))")
    assert set(json.loads(ask(ALIBI, {}, home))) - {"LC_CTYPE"} == {"HOME", "TMPDIR", "DO_NOT_TRACK"}


def test_a_report_is_a_page_and_is_made_of_numbers_alone(home, sides):
    marked = rows_of(predictions(100, review="<script>alert(1)</script> zorp"), {})
    look = "b'zorp' in open(folder + '/given.npz', 'rb').read()"
    page = "open(folder + '/answer.html', 'w').write"
    (home / EVIDENTLY.script).write_text(f"{WRITES}{page}('<!DOCTYPE html>' + str({look}))")
    assert report(marked, sides[1], rate=0.01, home=home) == "<!DOCTYPE html>False"
    (home / EVIDENTLY.script).write_text(f"{WRITES}{page}('no page')")
    with pytest.raises(ToolError, match="something else than a page: 'no page' found"):
        report(*sides, rate=0.01, home=home)


def test_zenmls_page_of_a_report_says_where_it_runs_and_has_no_script():
    html = page_of(section(Drawn(page="<!DOCTYPE html><script>alert(1)</script>")))
    assert "<script" not in html
    assert "open <code>evidently.html</code> among the files of the window" in html


def test_without_texts_there_is_nothing_to_ask(home, sides):
    with pytest.raises(ToolError, match="there are no texts to compare"):
        opinion(rows_of(predictions(100, review=None), {}), sides[1], rate=0.01, seed=0, home=home)


@pytest.mark.parametrize("call", ["socket.create_connection(('127.0.0.1', 9))", "socket.getaddrinfo('localhost', 9)"])
def test_a_program_that_is_offline_opens_no_connection(call):
    code = f"import socket, offline; {call}"
    done = subprocess.run([sys.executable, "-c", code], cwd=HOME, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "PermissionError" in done.stderr
    for tool in (ALIBI, EVIDENTLY):
        assert re.search(r"^import offline", (HOME / tool.script).read_text(), re.MULTILINE)


def test_the_environments_are_apart_from_the_projects_and_name_no_registry():
    theirs = {tool: pins(HOME / f"{tool.target}.lock") for tool in (ALIBI, EVIDENTLY)}
    assert theirs[ALIBI]["numpy"] == {"1.26.4"}
    assert all(version.startswith("2.") for tool in theirs for version in theirs[tool]["pandas"])
    assert not {"evidently", "zenml", "mlflow"} & set(theirs[ALIBI])
    assert not {"alibi-detect", "zenml", "mlflow"} & set(theirs[EVIDENTLY])
    assert "alibi-detect" not in pins(ROOT / "requirements.lock")
    for tool in theirs:
        assert "://" not in (HOME / f"{tool.target}.lock").read_text()
