"""Each override of MLflow works, and is still needed: in processes of their own, as MLflow remembers what it read."""

from __future__ import annotations

import subprocess
import sys

import pytest

from sentiment.tracking.mlflow_overrides import APPLICATION
from tests.another_release import released
from tests.conftest import ROOT

CODE = """
import importlib_metadata
calls, original = [], importlib_metadata.packages_distributions
importlib_metadata.packages_distributions = lambda: calls.append(1) or original()
from contextlib import nullcontext
from mlflow.utils import environment
from sentiment.tracking.mlflow_overrides import requirements_of_this_process
compare = environment.warn_dependency_requirement_mismatches
with {within}():
    _, requirements, _ = environment._process_pip_requirements([], ["pandas==2.0", "mlflow==3.17.2"])
assert requirements == ["pandas==2.0", "mlflow==3.17.2"]
assert environment.warn_dependency_requirement_mismatches is compare
print(len(calls))
"""


@pytest.mark.parametrize(("within", "read"), [("nullcontext", "1"), ("requirements_of_this_process", "0")])
def test_requirements_that_are_this_processes_own_are_not_compared_with_it(within, read):
    code = CODE.format(within=within)
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [read], "where MLflow itself reads nothing any more: remove the override"


@pytest.mark.parametrize("how", ["removed", "changed"])
def test_without_mlflows_application_nothing_is_served_without_limits(tmp_path, how):
    module = [str(ROOT / "sentiment" / "tracking" / "scoring_server.py"), str(tmp_path), "0"]
    done = subprocess.run(
        [sys.executable, *released(how, APPLICATION), *module], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert f"Not used: {APPLICATION.name}" in done.stderr
    assert "its server would run without limits" in done.stderr
    assert "`deploy --to service`" in done.stderr
    assert "Uvicorn running" not in done.stderr
