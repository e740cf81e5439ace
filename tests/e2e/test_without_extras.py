"""Every command once, in an environment as `make install` makes it: without any of the other sets."""

from __future__ import annotations

import signal
import subprocess

import click
import pytest

from commands.root import root
from tests.e2e.conftest import HEEDING_CTRL_C, Project, copy_project
from tests.e2e.test_command_line import written_below
from tests.lean import make_lean_environment
from tests.warm_commands import WarmParent

S3 = ("--set", "S3_ENDPOINT=http://127.0.0.1:9", "--set", "S3_BUCKET=b", "--set", "MLFLOW_DATABASE=sqlite:////tmp/m.db")
NEEDING = [
    ("spark", "train", "--engine", "spark", "--data", "s3a://shop/reviews"),
    ("spark", "score", "reviews.csv", "gs://shop/scored.csv", "--engine", "spark"),
    ("search", "search", "--engine", "hyperopt"),
    ("page", "page"),
    ("postgresql", "serve", "--predictions", "postgresql"),
    ("postgresql", "predictions", "--log", "postgresql"),
    ("postgresql", "predictions", "forget", "1", "--log", "team"),
    ("postgresql", "monitor", "--log", "postgresql"),
    ("postgresql", "monitor", "labels", "labels.csv", "--log", "postgresql"),
    ("postgresql", "retrain", "--log", "team"),
    ("fetch", "data", "fetch"),
    ("s3", "stack", "up", "s3"),
    ("s3", "stack", "set-up", "s3", *S3),
    ("team", "stack", "up", "team"),
]
"""Commands, each after the set that it needs."""
WORKING = [
    (0, "train", "--only", "bag_of_words"),
    (0, "search", "--family", "nb_linear", "--trials", "1", "--no-promote"),
    (0, "runs"),
    (0, "report", "--out", "report.html"),
    (0, "registry"),
    (0, "registry", "show", "1"),
    (0, "registry", "compare", "1", "2"),
    (0, "registry", "history"),
    (0, "registry", "repair"),
    (0, "promote", "champion"),
    (2, "rollback"),  # there was no champion before
    (0, "archive", "2"),
    (0, "download", "champion", "downloaded"),
    (0, "deploy", "--to", "service"),
    (0, "service"),
    (0, "predict", "I love it."),
    (0, "service", "logs"),
    (0, "service", "restart"),
    (0, "predictions"),
    (0, "predictions", "forget", "--before", "2020-01-01"),
    (0, "service", "stop"),
    (5, "monitor"),  # too few predictions
    (0, "monitor", "history"),
    (2, "monitor", "ack", "1"),
    (2, "monitor", "labels", "no.csv"),
    (2, "retrain"),  # no labels since
    (0, "score", "data/sample_reviews.csv", "scored.csv"),
    (0, "image", "context"),
    (0, "data", "check", "data/sample_reviews.csv"),
    (0, "dashboard", "stop"),
    (0, "stack", "set-up"),
    (0, "stack", "status"),
    (2, "stack", "password"),  # there is no server
    (0, "stack", "down", "s3"),
    (0, "status"),
]
"""Commands in the order of a model's life, each after its exit code."""
REGISTER_S3 = """
from stack_config import registration, secrets
from stack_config.definition import load_definition
secrets.remember("sentiment-s3", {"s3_key": "k", "s3_secret": "s"})
values = {"S3_ENDPOINT": "http://127.0.0.1:9", "S3_BUCKET": "b", "MLFLOW_DATABASE": "sqlite:////tmp/m.db"}
registration.set_up(load_definition("s3", values))
"""
SERVERS = [
    ("serve", "--port", "0"),
    ("mlflow-ui",),
    ("deploy", "--to", "mlflow"),
    ("deploy", "--to", "zenml"),
    ("dashboard", "--no-open"),
]
"""Commands that start what takes long to start; the first two go on until Ctrl-C."""


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    return make_lean_environment(tmp_path_factory.mktemp("lean") / "environment")


@pytest.fixture(scope="module")
def lean(tmp_path_factory):
    """A project in which nothing was ever run before this file."""
    return copy_project(tmp_path_factory.mktemp("lean"), opened=False)


@pytest.fixture(scope="module")
def run(python, lean):
    """Runs a command in that environment."""
    parent = WarmParent(python)
    yield lambda *arguments: parent.run(["run.py", *arguments], lean.root, lean.environment)
    parent.close()


@pytest.mark.parametrize("command", NEEDING, ids=lambda command: " ".join(command[1:4]))
def test_a_command_whose_set_is_missing_names_the_command_that_installs_it_and_writes_nothing(run, lean, command):
    extra, *arguments = command
    before = written_below(lean.root, lean.home)
    done = run(*arguments)
    assert done.returncode == 2, done.stderr
    assert f"not installed: `make install-{extra}`" in done.stderr
    assert "Traceback" not in done.stderr
    assert written_below(lean.root, lean.home) == before


def test_without_the_download_it_is_said_how_to_fetch_by_hand(run):
    told = run("data", "fetch").stderr
    assert "kaggle.com" in told
    assert "--from" in told


@pytest.fixture(scope="module")
def others(run):
    """All other commands, once."""
    return {tuple(arguments): run(*arguments) for _, *arguments in WORKING}


@pytest.mark.parametrize(("code", "command"), [(code, tuple(rest)) for code, *rest in WORKING], ids=str)
def test_any_other_command_works(others, code, command):
    done = others[command]
    assert done.returncode == code, f"{done.stdout}\n{done.stderr}"
    assert "Traceback" not in done.stderr
    assert "make install" not in done.stdout + done.stderr


def test_a_stack_whose_packages_are_missing_names_the_command_that_installs_them(run, lean, others):
    lean.python("-c", REGISTER_S3, ZENML_CUSTOM_SOURCE_ROOT=str(lean.root)).check_returncode()
    before = written_below(lean.root, lean.home)
    refused = run("--stack", "s3", "train", "--only", "bag_of_words")
    assert refused.returncode == 2
    assert "is not installed: `make install-s3`" in refused.stderr
    assert written_below(lean.root, lean.home) == before
    assert "its packages are not installed: `make install-s3`" in run("--stack", "s3", "stack", "status").stdout


@pytest.mark.slow
def test_what_the_commands_start_needs_no_set_either(python, lean, others):
    for arguments in SERVERS:
        ends = arguments[0] in ("serve", "mlflow-ui")
        with started(python, lean, *arguments) as process:
            if ends:
                assert "http://127.0.0.1:" in next(line for line in process.stdout if "http" in line)
                process.send_signal(signal.SIGINT)
            told = process.communicate()[0]
        assert process.returncode == 0, f"{arguments}: {told}"
    for arguments in (("predict", "I love it."), ("service", "stop"), ("dashboard", "stop")):
        with started(python, lean, *arguments) as process:
            told = process.communicate()[0]
        assert process.returncode == 0, f"{arguments}: {told}"


def started(python, project: Project, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [python, "-c", HEEDING_CTRL_C, "run.py", *arguments],
        cwd=project.root,
        env=project.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_every_command_is_tried_here():
    def leaves(command, *words):
        if isinstance(command, click.Group) and words:
            if command.invoke_without_command:
                yield words
        elif not isinstance(command, click.Group):
            yield words
        for name, below in getattr(command, "commands", {}).items():
            yield from leaves(below, *words, name)

    tried = [tuple(arguments) for _, *arguments in NEEDING + WORKING] + SERVERS
    assert [words for words in leaves(root) if not any(one[: len(words)] == words for one in tried)] == []
