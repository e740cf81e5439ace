"""The project as a user has it: a folder of its own, a clean ZenML and MLflow home, and real commands."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from compileall import compile_dir
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from sentiment.service.client import is_healthy
from sentiment.service.current import CurrentService, read_current
from tests.conftest import ROOT
from tests.warm_commands import INHERITED, run_python

TOP = ("commands", "data", "materializers", "pipelines", "sentiment", "stack_config", "steps", "tools")
HEEDING_CTRL_C = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""
"""What a shell starts in its background ignores Ctrl-C, the tests too, and so would what they start."""


@dataclass(frozen=True)
class Project:
    """A copy of the project and everything it writes."""

    root: Path
    home: Path

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in INHERITED if name in os.environ}
        return {**kept, "ZENML_CONFIG_PATH": str(self.home), "COLUMNS": "160"}

    def python(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return run_python(arguments, cwd=self.root, env=self.environment | variables)

    def run(self, *arguments: str, exits: int = 0) -> subprocess.CompletedProcess[str]:
        done = self.python("run.py", *arguments)
        assert done.returncode == exits, f"exit code {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def json(self, *arguments: str, exits: int = 0) -> Any:
        return json.loads(self.run(*arguments, "--json", exits=exits).stdout)

    def in_service(self) -> CurrentService | None:
        """What answers for the project's stack; None where nothing does. Without a command, which takes seconds."""
        for path in (self.home / "sentiment_service").glob("*.json"):
            current = read_current(path)
            if current and is_healthy(current.address):
                return current
        return None


def copy_project(folder: Path, *, opened: bool = True) -> Project:
    """Copy what the repository holds, without environment, caches or a stack that was set up.

    Args:
        folder: For the copy and its home.
        opened: ZenML's home has the database of a first start already; else nothing was ever begun with it.
    """
    project = Project(folder / "project", folder / "home")
    if opened:
        _copy_moved(_opened_project(), project)
        return project
    shutil.copytree(_compiled_sources(), project.root)
    return project


def copy_trained(folder: Path, *candidates: str) -> Project:
    """Give a project in which these candidates were trained on the sample, by one command, which took seconds once.

    Args:
        folder: For the copy and its home.
        candidates: Names of candidates of `pipelines/configs/training.yaml`.
    """
    project = Project(folder / "project", folder / "home")
    _copy_moved(_trained_project(*candidates), project)
    return project


@cache
def _compiled_sources() -> Path:
    """Copy what the repository holds, and compile it: else the first command in each copy compiles all modules."""
    sources = _kept_folder() / "project"
    for name in TOP:
        ignored = shutil.ignore_patterns("__pycache__", ".venv", "Womens*.csv")
        shutil.copytree(ROOT / name, sources / name, ignore=ignored)
    shutil.copy(ROOT / "run.py", sources)
    compile_dir(sources, quiet=2)
    return sources


@cache
def _opened_project() -> Project:
    """Open ZenML in a home once for all tests of this process: most tests are not about a first start."""
    project = copy_project(_kept_folder(), opened=False)
    project.run("runs", exits=2)  # as a command opens ZenML: without telemetry and news from outside
    return project


@cache
def _trained_project(*candidates: str) -> Project:
    project = copy_project(_kept_folder())
    project.run(*(part for candidate in candidates for part in ("--only", candidate)))
    return project


def _kept_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="sentiment-tests-"))
    atexit.register(shutil.rmtree, folder)
    return folder


def _copy_moved(template: Project, copy: Project) -> None:
    """Copy a project, and let what is recorded in the copy name the copy instead of the template.

    MLmodel files name their folder too. They stay as they are: nothing reads it, and their digests are kept.
    """
    shutil.copytree(template.root, copy.root, dirs_exist_ok=True)
    shutil.copytree(template.home, copy.home)
    old, new = str(template.root.parent), str(copy.root.parent)
    recorded = [copy.home / "config.yaml", *copy.root.glob(".zen/*.home"), *copy.home.rglob("data_v2.json")]
    for path in recorded:
        path.write_text(path.read_text().replace(old, new))
    for path in copy.home.rglob("*.db"):
        with closing(sqlite3.connect(path)) as database, database:
            for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                for _, column, *_ in database.execute(f'PRAGMA table_info("{table}")').fetchall():
                    moved = f'"{column}" = replace("{column}", ?, ?) WHERE instr("{column}", ?)'
                    database.execute(f'UPDATE "{table}" SET {moved}', (old, new, old))


@pytest.fixture
def fresh(tmp_path: Path) -> Project:
    """A project in which nothing was ever run."""
    return copy_project(tmp_path, opened=False)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project that the tests of one file share."""
    return copy_project(tmp_path_factory.mktemp("sentiment"))


@pytest.fixture(scope="session")
def real_project(tmp_path_factory: pytest.TempPathFactory, real_csv: Path) -> Project:
    """A project that was trained on the article's reviews with the shipped configuration."""
    trained = copy_project(tmp_path_factory.mktemp("real"))
    trained.run("--data", str(real_csv))
    return trained


@pytest.fixture(scope="module")
def two_versions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """A trained project; whatever is in service at the end is stopped."""
    project = copy_trained(tmp_path_factory.mktemp("two"), "bag_of_words", "tfidf_linear")
    yield project
    project.run("service", "stop")


@pytest.fixture(scope="module")
def versions(two_versions: Project) -> dict[str, str]:
    """The number of each version, by the candidate's name."""
    return {version["tags"]["candidate"]: version["version"] for version in two_versions.json("registry")}
