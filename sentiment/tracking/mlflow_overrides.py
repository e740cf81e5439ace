"""What MLflow 3.17 does that costs time and gives nothing: overridden here, and nowhere else.

`tests/unit/test_mlflow_overrides.py` fails as soon as MLflow no longer does it, and this can go.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import mlflow.utils.environment

environment: Any = mlflow.utils.environment  # what is replaced in it is no part of its interface


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
