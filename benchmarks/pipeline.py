"""`python run.py train` and what only looks, whole processes: against the same without ZenML, and against imports."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

import yaml

from benchmarks.data import ROOT
from benchmarks.timing import Comparison, at_most

OPEN_ZENML = "import zenml; from zenml.client import Client; Client().active_stack"
CHANGED = "tfidf_linear"
LOOKS = ("status", "runs", "registry")


class _Process(NamedTuple):
    """A command that ran to its end.

    Attributes:
        seconds: From its start to its end.
        bytes: The most memory it had.
    """

    seconds: float
    bytes: int
    output: str


class Project:
    """A copy of the project with a ZenML and an MLflow of its own, so that nobody's runs are touched."""

    def __init__(self, folder: Path, data: Path) -> None:
        self.root, self.data = folder / "project", data.resolve()
        ignored = shutil.ignore_patterns(".*", "build", "*.egg-info", "__pycache__", "Womens*")
        shutil.copytree(ROOT, self.root, ignore=ignored)
        self._environment = {**os.environ, "ZENML_CONFIG_PATH": str(folder / "zenml"), "PYTHONPATH": ""}

    def train(self, *options: str) -> _Process:
        """Train on the stack of this project."""
        return self.python("run.py", "train", "--data", str(self.data), "--json", *options)

    def python(self, *arguments: str) -> _Process:
        """Run Python in the project and wait for it.

        Raises:
            RuntimeError: It failed.
        """
        output, errors = self.root / "stdout", self.root / "stderr"
        with output.open("w") as out, errors.open("w") as err:
            streams = [(os.POSIX_SPAWN_DUP2, out.fileno(), 1), (os.POSIX_SPAWN_DUP2, err.fileno(), 2)]
            before = Path.cwd()
            os.chdir(self.root)
            try:
                started = time.perf_counter()
                pid = os.posix_spawn(
                    sys.executable, [sys.executable, *arguments], self._environment, file_actions=streams
                )
                _, status, usage = os.wait4(pid, 0)
                seconds = time.perf_counter() - started
            finally:
                os.chdir(before)
        if os.waitstatus_to_exitcode(status):
            raise RuntimeError(f"{' '.join(arguments)} failed:\n{errors.read_text()}")
        return _Process(seconds, usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024), output.read_text())

    def configuration(self, name: str, c: float) -> Path:
        """Write the shipped configuration with another strength of the linear model's penalty."""
        values = yaml.safe_load((self.root / "pipelines/configs/training.yaml").read_text(encoding="utf-8"))
        for candidate in values["candidates"]:
            if candidate["name"] == CHANGED:
                candidate["params"]["c"] = c
        path = self.root / name
        path.write_text(yaml.safe_dump(values), encoding="utf-8")
        return path


def compare(data: Path, *, short: bool) -> list[Comparison]:
    """Measure nothing cached, everything cached, one candidate changed, and looking at what came of it."""
    repetitions, slack = (1, 2.0) if short else (5, 1.0)
    with tempfile.TemporaryDirectory() as folder:
        project = Project(Path(folder), data)
        project.train()  # sets up the stack, fills the cache, and has a first champion
        rows = [*_cached(project, repetitions, slack), *looking(project, slack)]
        return [*_uncached(project, Path(folder) / "bare.db", repetitions, slack), *rows]


def _cached(project: Project, repetitions: int, slack: float) -> list[Comparison]:
    cached, opened, changed, own = [], [], [], []
    for repetition in range(repetitions):
        opened.append(project.python("-c", OPEN_ZENML).seconds)
        cached.append(project.train().seconds)
        run = project.train("--config", str(project.configuration(f"changed-{repetition}.yaml", 7.9 - repetition / 10)))
        changed.append(run.seconds)
        own.append(_fit_seconds(run.output))
    return [
        at_most("train, all from the cache", "opening ZenML", median(cached), median(opened), 3 * slack),
        at_most(
            f"train, {CHANGED} changed",
            "its own fit and a run from the cache",
            median(changed),
            median(own) + median(cached),
            1.3 * slack,
        ),
    ]


def looking(project: Project, slack: float) -> list[Comparison]:
    """Measure the commands that only look, on a project that was trained."""
    imports, looks = [], []
    for _ in range(3):
        imports.append(project.python("-c", "import mlflow").seconds)
        looks += [project.python("run.py", command).seconds for command in LOOKS]
    return [at_most(", ".join(LOOKS), "`import mlflow`", median(looks), median(imports), 2 * slack)]


def _uncached(project: Project, store: Path, repetitions: int, slack: float) -> list[Comparison]:
    bare_command = ("-m", "benchmarks.bare_training", f"sqlite:///{store}", str(project.data))
    project.python(*bare_command)  # makes the tables of its store
    ours, bare = [], []
    for _ in range(repetitions):
        ours.append(project.train("--no-cache"))
        bare.append(project.python(*bare_command))
    against = "the same without ZenML"
    return [
        at_most("train, nothing cached", against, _median(ours, 0), _median(bare, 0), 1.5 * slack),
        at_most("train: peak memory", against, _median(ours, 1), _median(bare, 1), 1.2 * slack, "B"),
    ]


def _median(processes: Sequence[_Process], field: int) -> float:
    return median(float(process[field]) for process in processes)


def _fit_seconds(output: str) -> float:
    entries = json.loads(output)["report"]["entries"]
    return next(
        float(entry["evaluation"]["fit_seconds"]) for entry in entries if entry["evaluation"]["name"] == CHANGED
    )
