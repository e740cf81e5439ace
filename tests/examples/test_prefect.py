"""The Prefect flow in an environment of its own: the numbers and files of `python run.py train`, and how it fails."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sentiment.models.digests import digests, sha256_of
from tests.conftest import ROOT
from tests.e2e.conftest import copy_project
from tests.warm_commands import INHERITED

EXAMPLE = ROOT / "examples" / "prefect"
LOCK = EXAMPLE / "requirements.lock"
SAMPLE = ROOT / "data" / "sample_reviews.csv"
SPARSE = ("bag_of_words", "tfidf_bayes", "tfidf_linear", "linear_blend")
UNREADABLE = Path("/proc/self/mem")
"""A regular file whose first byte no process can read: a disk that fails, for the asking."""
NOWHERE = "http://127.0.0.1:9"
"""A proxy that is not there: what leaves this machine fails."""

Flow = Callable[..., subprocess.Popen[str]]


def pins(lock: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([a-z0-9-]+)==([^ ]+)", lock.read_text(encoding="utf-8"), re.MULTILINE):
        found.setdefault(name, set()).add(version)
    return found


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of the example's own environment, made as its README says."""
    environment = tmp_path_factory.mktemp("prefect") / "environment"
    uv = Path(sys.executable).with_name("uv")
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, environment], check=True)
    python = environment / "bin" / "python"
    subprocess.run([uv, "pip", "sync", "--quiet", "--python", python, "--require-hashes", LOCK], check=True)
    return python


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home") / "prefect"


@pytest.fixture(scope="module")
def flow(python: Path, home: Path) -> Flow:
    """Starts the flow, with no way to anywhere but this machine."""
    kept = {name: os.environ[name] for name in INHERITED if name in os.environ}
    proxies = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), NOWHERE)

    def start(folder: Path, *arguments: str, **variables: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [python, EXAMPLE / "flow.py", *arguments],
            cwd=folder,
            env={**kept, **proxies, "PREFECT_HOME": str(home), **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return start


@pytest.fixture(scope="module")
def trained(flow: Flow, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any], str]:
    """The folder, the report and the log of a run with the shipped configuration on the sample, unreadable at first."""
    folder = tmp_path_factory.mktemp("trained")
    reviews, mended = folder / "reviews.csv", folder / "mended"
    reviews.symlink_to(UNREADABLE if UNREADABLE.is_file() else SAMPLE)
    mended.symlink_to(SAMPLE)
    run = flow(folder, "--data", "reviews.csv", "--out", "models", "--json")
    assert run.stderr is not None
    log = ""
    for line in run.stderr:
        log += line
        if "Retry 1/3" in line:
            mended.rename(reviews)
    assert run.stdout is not None
    stdout = run.stdout.read()
    assert run.wait(timeout=60) == 0, log
    return folder / "models", json.loads(stdout), log


def test_what_both_environments_have_is_of_the_same_version():
    ours, projects = pins(LOCK), pins(ROOT / "requirements.lock")
    for name in ("nltk", "numpy", "pandas", "pyarrow", "scikit-learn", "scipy", "skops"):
        assert ours[name] <= projects[name]
    assert not {"zenml", "mlflow", "tensorflow", "tensorflow-cpu", "keras"} & set(ours)


def test_the_numbers_and_the_files_are_those_of_the_projects_own_training(trained, tmp_path):
    folder, report, log = trained
    project = copy_project(tmp_path)
    only = [argument for name in SPARSE for argument in ("--only", name)]
    theirs = project.json("train", "--data", "sample", *only)["report"]
    assert set(report["candidates"]) == set(SPARSE)
    assert report["ranking"] == theirs["ranking"]
    for entry in theirs["entries"]:
        expected = entry["evaluation"]
        found = report["candidates"][expected["name"]]
        for part in ("validation", "test", "threshold", "test_fingerprint"):
            assert found["evaluation"][part] == expected[part]
        logged = next(project.home.rglob(entry["model_uri"].removeprefix("models:/"))) / "artifacts" / "data" / "files"
        assert found["digests"] == digests(logged) == digests(folder / expected["name"])
    assert json.loads((folder / "report.json").read_text()) == report
    assert "Not trained: embedding_average, because its family embedding_average needs keras" in log


def test_nothing_is_overwritten(flow, trained):
    folder, _, _ = trained
    before = digests(folder)
    _, stderr = (run := flow(folder.parent, "--out", folder.name)).communicate(timeout=60)
    assert run.returncode == 2
    assert "is there already" in stderr
    assert digests(folder) == before


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--out", "new", "--data", "none.csv"), "none.csv does not exist"),
        (("--out", "new", "--schedule", "0 3 * * 1"), "{time} expected in it"),
        (("--out", "{time}", "--schedule", "at three"), "a line of cron"),
        (("--out", "{time}", "--schedule", "0 3 * * 1"), "a schedule needs a Prefect server"),
    ],
)
def test_what_can_be_refused_without_a_server_is(flow, tmp_path, arguments, complaint):
    _, stderr = (run := flow(tmp_path, *arguments)).communicate(timeout=60)
    assert run.returncode == 2
    assert complaint in stderr
    assert "Starting temporary server" not in stderr
    assert not list(tmp_path.iterdir())


def test_a_folder_that_prefects_database_takes_for_another_is_refused(flow, tmp_path):
    _, stderr = (run := flow(tmp_path, "--out", "new", PREFECT_HOME=str(tmp_path / "a%20b"))).communicate(timeout=60)
    assert run.returncode == 2
    assert "set PREFECT_HOME to another folder" in stderr
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.slow
def test_bad_reviews_are_refused_at_once_and_nothing_is_left_or_pickled(flow, home, tmp_path):
    (tmp_path / "bad.csv").write_text("Review Text,Recommended IND\nToo small,2\n")
    _, stderr = (run := flow(tmp_path, "--data", "bad.csv", "--out", "deep/new")).communicate(timeout=120)
    assert run.returncode == 2
    assert "Error: " in stderr
    assert "0 or 1 expected" in stderr
    assert "Retry" not in stderr
    assert "Traceback" not in stderr
    assert [path.name for path in tmp_path.iterdir()] == ["bad.csv"]
    kept = [json.loads(path.read_text()) for path in (home / "storage").iterdir()]
    assert {one["__exc_type__"] for one in kept} == {"sentiment.errors.InvalidReviewsError"}


@pytest.mark.skipif(not UNREADABLE.is_file(), reason="only Linux has a file that fails when it is read")
def test_a_disk_that_fails_is_asked_again(trained):
    _, report, log = trained
    assert "cannot be read: Input/output error') - Retry 1/3 will start 1 second(s) from now" in log
    assert "Retry 2/3" not in log
    assert report["data"]["sha256"] == sha256_of(SAMPLE)
