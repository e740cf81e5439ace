"""Examples that only look are run, in a project in which nothing was trained; so is the help of every command."""

from __future__ import annotations

import json

import pytest

from tests.documented.command_lines import arguments_of, check
from tests.documented.markdown import GUIDES, Document
from tests.documented.run_arguments import READERS_FILES
from tests.documented.test_command_lines import COMMANDS, EXAMPLE
from tests.e2e.conftest import ROOT

LOOKING = {
    ("data", "check"): 0,
    ("monitor", "history"): 0,
    ("predictions",): 0,
    ("registry",): 0,
    ("registry", "history"): 0,
    ("runs",): 0,
    ("service",): 1,  # nothing is in service
    ("stack", "status"): 0,
    ("status",): 0,
}
"""Commands that change nothing, and their exit codes where nothing was trained."""

RUN = """
import json, sys
from click.testing import CliRunner
from commands.root import root
ends = []
for arguments in json.loads(sys.argv[1]):
    done = CliRunner().invoke(root, arguments, prog_name="python run.py")
    ends.append([done.exit_code, done.stdout, done.stderr])
print("ENDS", json.dumps(ends))
"""
"""Runs every example in one process: starting one for each would take minutes."""


def run_all(project, lines):
    done = project.python("-c", RUN, json.dumps(lines))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.rpartition("ENDS ")[2])


@pytest.fixture(scope="module")
def untrained(project):
    """A project with a file of the article's columns, and one of another shop."""
    sample = (ROOT / "data" / "sample_reviews.csv").read_text(encoding="utf-8")
    for name in READERS_FILES:
        (project.root / name).touch()
    (project.root / "reviews.csv").write_text(sample, encoding="utf-8")
    (project.root / "shop.csv").write_text(sample.replace("Review Text", "body", 1), encoding="utf-8")
    project.run("stack", "set-up", "local")
    return project


def test_each_example_that_only_looks_ends_as_it_should(untrained, monkeypatch):
    monkeypatch.chdir(untrained.root)
    documented = [line.text for path in GUIDES for line in Document(path).code_lines()]
    helped = [found[1] for _, command in COMMANDS if (found := EXAMPLE.search(command.help or ""))]
    lines = {tuple(arguments): line for line in [*documented, *helped] if (arguments := arguments_of(line))}
    looking = {arguments: check(line) for arguments, line in lines.items() if "--out" not in arguments}
    looking = {arguments: path for arguments, path in looking.items() if path in LOOKING}
    assert set(looking.values()) == LOOKING.keys()
    for (arguments, path), (code, _, said) in zip(looking.items(), run_all(untrained, list(looking)), strict=True):
        assert (code, "Traceback" in said) == (LOOKING[path], False), (arguments, said)


def test_each_command_prints_its_help_with_its_example(project):
    ends = run_all(project, [[*path, "--help"] for path, _ in COMMANDS])
    for (path, _), (code, shown, said) in zip(COMMANDS, ends, strict=True):
        assert (code, said) == (0, ""), path
        assert f"Example: python run.py {' '.join(path)}" in shown
