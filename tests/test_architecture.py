"""What may import what, and what importing may do."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import grimp
import pytest

from tests.conftest import ROOT

KNOWING_A_FRAMEWORK = ("sentiment.tracking", "sentiment.service.application", "sentiment.webapp.page")
PURE_MODULES = sorted(
    module
    for module in grimp.build_graph("sentiment", cache_dir=None).modules
    if not module.startswith(KNOWING_A_FRAMEWORK)
)


def test_imports_go_one_way():
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_all_code_but_tests_and_examples_is_type_checked():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"]
    checked = {Path(name).parts[0] for name in settings["files"]}
    code = {path.relative_to(ROOT).parts[0] for pattern in ("*.py", "*/*.py") for path in ROOT.glob(pattern)}
    assert settings["strict"]
    assert code - {"tests"} == checked


def test_importing_the_pure_part_imports_no_framework_and_does_nothing():
    code = f"""
import importlib, os, socket, sys, threading
import sklearn  # sets two variables of OpenMP's
before = dict(os.environ)
def forbidden(*args, **kwargs):
    raise AssertionError("a connection was opened")
socket.socket.connect = forbidden
for name in {PURE_MODULES!r}:
    importlib.import_module(name)
assert not {{"zenml", "mlflow", "tensorflow", "keras", "fastapi", "uvicorn", "streamlit", "pyspark"}} & set(sys.modules)
assert dict(os.environ) == before
assert threading.active_count() == 1
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("package", ["commands", "materializers", "pipelines", "sentiment", "stack_config", "steps"])
def test_nothing_is_ever_unpickled(package):
    for path in (ROOT / package).rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        for word in ("import pickle", "import joblib", "import cloudpickle", "import dill", "pickle.load"):
            assert word not in source, path


def test_files_stay_small_enough_to_be_one_idea():
    for package in ("commands", "materializers", "pipelines", "sentiment", "stack_config", "steps"):
        for path in (ROOT / package).rglob("*.py"):
            assert len(path.read_text(encoding="utf-8").splitlines()) <= 300, path
