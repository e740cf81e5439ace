"""Each override of MLflow works, and is still needed: in processes of their own, as MLflow remembers what it read."""

from __future__ import annotations

import subprocess
import sys

import pytest
from mlflow.pyfunc import scoring_server

from sentiment.tracking.mlflow_overrides import serving_within_limits
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


def test_mlflows_server_is_started_behind_the_limits_and_only_there(tmp_path):
    theirs, variables = scoring_server.get_cmd(str(tmp_path), 8080, "localhost", nworkers=1)
    with serving_within_limits():
        ours = scoring_server.get_cmd(str(tmp_path), 8080, "localhost", nworkers=1)
    assert theirs.endswith(" mlflow.pyfunc.scoring_server.app:app")
    assert ours == (
        "uvicorn --host localhost --port 8080 --workers 1 --factory sentiment.tracking.scoring_server:application",
        variables,
    )
    assert scoring_server.get_cmd(str(tmp_path), 8080, "localhost", nworkers=1) == (theirs, variables)


def test_a_command_of_mlflow_that_is_not_known_is_an_error_and_no_server_without_limits(monkeypatch):
    monkeypatch.setattr(scoring_server, "get_cmd", lambda *_: ("uvicorn another:app", {}))
    with serving_within_limits(), pytest.raises(RuntimeError, match="uvicorn another:app"):
        scoring_server.get_cmd("model")
