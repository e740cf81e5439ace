"""The project as a user has it: a folder of its own, a clean ZenML and MLflow home, and real commands."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from sentiment.service.client import is_healthy
from sentiment.service.current import CurrentService, read_current
from tests.conftest import ROOT

TOP = ("commands", "data", "materializers", "pipelines", "sentiment", "stack_config", "steps", "tools")
INHERITED = ("PATH", "HOME", "LANG", "VIRTUAL_ENV")
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
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.root,
            env=self.environment | variables,
            capture_output=True,
            text=True,
            timeout=540,
            check=False,
        )

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
    root = folder / "project"
    for name in TOP:
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__", ".venv", "Womens*.csv"))
    shutil.copy(ROOT / "run.py", root)
    project = Project(root, folder / "home")
    if opened:
        template = _opened_home()
        shutil.copytree(template, project.home)
        settings = project.home / "config.yaml"
        settings.write_text(settings.read_text().replace(str(template), str(project.home)))
    return project


@cache
def _opened_home() -> Path:
    """Make a home once for all tests of this process: a first start takes seconds, which most tests are not about."""
    folder = Path(tempfile.mkdtemp(prefix="opened-"))
    atexit.register(shutil.rmtree, folder)
    project = copy_project(folder, opened=False)
    project.run("runs", exits=2)  # as a command opens ZenML: without telemetry and news from outside
    return project.home


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
