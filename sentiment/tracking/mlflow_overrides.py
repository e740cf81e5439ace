"""What MLflow 3.17 does otherwise than this project needs it: overridden here, and nowhere else.

`tests/tracking/test_mlflow_overrides.py` fails as soon as MLflow no longer does it, and this can go.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import mlflow.pyfunc.scoring_server
import mlflow.utils.environment

environment: Any = mlflow.utils.environment  # what is replaced in it is no part of its interface
scoring_server: Any = mlflow.pyfunc.scoring_server
_THEIRS, _OURS = "mlflow.pyfunc.scoring_server.app:app", "sentiment.tracking.scoring_server:application"


@contextmanager
def requirements_of_this_process() -> Iterator[None]:
    """Save models whose requirements are the versions that run here, and need not be compared with those.

    MLflow reads the metadata of every installed package to compare them, 0.3 s in each process.
    """
    compare = environment.warn_dependency_requirement_mismatches
    environment.warn_dependency_requirement_mismatches = _nothing
    try:
        yield
    finally:
        environment.warn_dependency_requirement_mismatches = compare


def _nothing(requirements: list[str]) -> None:
    """Leave them as they are."""


@contextmanager
def serving_within_limits() -> Iterator[None]:
    """Have MLflow's ``serve`` start its application behind this project's limits; see `tracking.scoring_server`.

    MLflow's own takes bodies of any size and depth, reads CSV and Parquet by rules of their own, and answers what goes
    wrong with tracebacks and with the whole request.
    """
    theirs = scoring_server.get_cmd

    def get_cmd(*args: Any, **options: Any) -> tuple[str, dict[str, str]]:
        command, variables = theirs(*args, **options)
        if not command.endswith(f" {_THEIRS}"):
            raise RuntimeError(f"MLflow would start {command!r}; a command that ends in {_THEIRS} expected")
        return f"{command.removesuffix(_THEIRS)}--factory {_OURS}", variables

    scoring_server.get_cmd = get_cmd
    try:
        yield
    finally:
        scoring_server.get_cmd = theirs
