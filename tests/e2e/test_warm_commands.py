"""A command that runs in a fork of a warm parent does what it does in a Python of its own."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from commands.root import root
from tests.e2e.conftest import Project, copy_trained
from tests.warm_commands import run_cold, run_python, why_cold

OF_EACH_COMMAND = {
    "archive": ["99"],
    "dashboard": ["--no-such-option"],
    "dashboard stop": [],
    "data check": ["data/sample_reviews.csv"],
    "data fetch": ["--from", "nowhere.csv"],
    "deploy": ["--to", "nowhere"],
    "download": ["champion", "data"],
    "image": ["data"],
    "mlflow-ui": ["--port", "none"],
    "monitor": ["--predictions", "nowhere.csv"],
    "monitor ack": ["nothing", "--why", "a test"],
    "monitor history": [],
    "monitor labels": ["nowhere.csv"],
    "page": ["--port", "none"],
    "predict": ["--local", "so soft", "--json"],
    "predictions": ["--json"],
    "predictions forget": ["--before", "tomorrow"],
    "promote": ["02"],
    "registry": [],
    "registry compare": ["1", "1"],
    "registry history": [],
    "registry repair": ["--no-such-option"],
    "registry show": ["1"],
    "report": ["--out", "data"],
    "retrain": ["--data", "nowhere.csv"],
    "rollback": ["--why", "x" * 2000],
    "runs": ["--json"],
    "score": ["nowhere.csv", "scored.csv"],
    "search": ["--space", "nowhere.yaml"],
    "serve": ["--model", "nowhere"],
    "service": [],
    "service logs": [],
    "service restart": ["--no-such-option"],
    "service stop": [],
    "stack down": ["nothing"],
    "stack password": ["nothing"],
    "stack set-up": ["nothing"],
    "stack status": ["--no-such-option"],
    "stack up": ["nothing"],
    "status": [],
    "train": ["--only", "bag_of_words", "--data", "nowhere.csv"],
}
"""Arguments with which a command ends soon: it only looks, or is refused. Each takes a cold process a second or two."""
OF_THOSE_THAT_CHANGE_SOMETHING = {
    "archive": ["1"],
    "deploy": ["--version", "99"],
    "download": ["champion", "taken"],
    "image": ["built"],
    "monitor": [],
    "promote": ["1"],
    "registry compare": ["1", "2"],
    "registry repair": [],
    "report": ["--out", "report.html"],
    "retrain": [],
    "rollback": ["--why", "a test"],
    "score": ["data/sample_reviews.csv", "scored.csv"],
    "service restart": [],
    "stack set-up": [],
    "stack status": ["--json"],
    "train": ["--only", "bag_of_words", "--json"],
}
"""Arguments with which a command does its work, without a server. One in default runs, for all of them: `score`."""
TRIED = [
    *OF_EACH_COMMAND.items(),
    *(
        pytest.param(name, arguments, marks=[] if name == "score" else pytest.mark.slow, id=f"{name} in earnest")
        for name, arguments in OF_THOSE_THAT_CHANGE_SOMETHING.items()
    ),
]
VARYING = [
    (r"\d{4}-\d\d-\d\d(T| | at )\d\d:\d\d(:\d\d(\.\d+)?)?", "TIME"),
    (r"\d{4}(-\d\d){5}-\d{6}", "TIME"),
    (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "ID"),
    (r"\b[0-9a-f]{32}\b|\b[0-9a-f]{8}\b", "ID"),
    (r"(?<=_seconds\": )[\d.e-]+|(?<=microseconds_per_review\": )[\d.e-]+", "DURATION"),
    (r"[\d,.]+ (s|ms|µs)\b", "DURATION"),
    (r'(?<="name": "microseconds_per_review",\n        "value": )[\d.]+', "DURATION"),
    (r" +", " "),
]
"""What differs between two runs of the same command."""


def _commands(command: click.Command, *names: str) -> Iterator[str]:
    below = command.commands if isinstance(command, click.Group) else {}
    for name, other in below.items():
        yield from _commands(other, *names, name)
    if names and not (below and not getattr(command, "invoke_without_command", False)):
        yield " ".join(names)


def _without_varying(text: str, project: Project) -> str:
    text = text.replace(str(project.root.parent), "FOLDER")
    for pattern, name in VARYING:
        text = re.sub(pattern, name, text)
    return text


def _files(project: Project) -> Counter[str]:
    """Count the files of a project and its home by name; bytecode depends on what imported a module first."""
    paths = [path.relative_to(project.root.parent) for path in project.root.parent.rglob("*") if path.is_file()]
    return Counter(_without_varying(str(path), project) for path in paths if "__pycache__" not in path.parts)


def _contents(project: Project) -> dict[str, str]:
    """Give what a command wrote into the working folder itself."""
    written = [path for path in project.root.glob("*") if path.is_file()]
    return {path.name: _without_varying(path.read_text(), project) for path in written}


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, Project]:
    """The same project twice, in folders whose names are as long."""
    folder = tmp_path_factory.mktemp("twice")
    return copy_trained(folder / "a", "bag_of_words", "tfidf_linear"), copy_trained(
        folder / "b", "bag_of_words", "tfidf_linear"
    )


def test_every_command_is_tried():
    assert sorted(OF_EACH_COMMAND) == sorted(_commands(root))


@pytest.mark.parametrize(("command", "arguments"), TRIED)
def test_a_warm_command_is_as_a_cold_one(pair, command, arguments):
    results = []
    for project, run in zip(pair, (run_python, run_cold), strict=True):
        done = run(["run.py", *command.split(), *arguments], cwd=project.root, env=project.environment)
        printed = [_without_varying(text, project) for text in (done.stdout, done.stderr)]
        results.append((done.returncode, *printed, _files(project), _contents(project)))
    warm, cold = results
    assert warm == cold


def test_a_child_is_a_process_of_its_own(tmp_path):
    code = "import os, sys; print(os.getcwd(), os.environ, sys.argv, sys.path[0] == '', sys.stdin.read() == '')"
    printed = run_python(["-c", code, "a b"], cwd=tmp_path, env={"HOME": "/nowhere"}).stdout
    assert printed == f"{tmp_path} environ({{'HOME': '/nowhere'}}) ['-c', 'a b'] True True\n"


@pytest.mark.parametrize(
    ("code", "exit_code", "errors"),
    [
        ("raise SystemExit(7)", 7, ""),
        ("import sys; sys.exit('said')", 1, "said\n"),
        ("import os; os.kill(os.getpid(), 9)", -9, ""),
        ("import atexit, sys; atexit.register(sys.stderr.write, 'at the end')", 0, "at the end"),
        ("1 / 0", 1, "ZeroDivisionError: division by zero\n"),
        ("import os; os._exit(3)", 3, ""),
    ],
)
def test_a_child_ends_as_python_does(tmp_path, code, exit_code, errors):
    done = run_python(["-c", code], cwd=tmp_path, env={})
    assert (done.returncode, done.stderr[-len(errors) :] if errors else done.stderr) == (exit_code, errors)


def test_a_child_that_takes_too_long_is_killed(tmp_path):
    code = "import os, pathlib, time; pathlib.Path('pid').write_text(str(os.getpid())); time.sleep(60)"
    with pytest.raises(subprocess.TimeoutExpired):
        run_python(["-c", code], cwd=tmp_path, env={}, timeout=3)
    assert not Path(f"/proc/{(tmp_path / 'pid').read_text()}").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="everything is cold elsewhere")
@pytest.mark.parametrize(
    ("arguments", "variables", "cold"),
    [
        (["run.py", "runs"], {"SENTIMENT_WEBHOOK": "x", "PATH": ""}, False),
        (["-c", "pass"], {}, False),
        (["-X", "importtime", "run.py"], {}, True),
        (["run.py", "-v", "runs"], {}, True),
        (["run.py"], {"PYTHONPATH": "x"}, True),
        (["run.py"], {"MLFLOW_TRACKING_URI": "x"}, False),
        (["run.py"], {"MLFLOW_LOGGING_LEVEL": "x"}, True),
    ],
)
def test_what_python_or_a_library_reads_when_it_starts_is_cold(arguments, variables, cold):
    assert (why_cold(arguments, variables) is not None) is cold
