"""What MLflow 3.17 does otherwise than this project needs it: overridden here, and nowhere else.

`tests/tracking/test_mlflow_overrides.py` fails as soon as MLflow no longer does it, and this can go.
"""

from __future__ import annotations

from contextlib import AbstractContextManager

from sentiment.overrides import Override, applied

REQUIREMENTS = Override(
    module="mlflow.utils.environment",
    attribute="warn_dependency_requirement_mismatches",
    parameters=("model_requirements",),
    why="MLflow reads the metadata of every installed package to compare requirements with what is installed",
    lost="the first model that a process saves takes 0.3 s longer",
    checked_with="mlflow 3.17.2",
)
APPLICATION = Override(
    module="mlflow.pyfunc.scoring_server",
    attribute="init",
    parameters=("model",),
    why="it makes MLflow's application, which this project serves behind its own limits",
    lost="`deploy --to mlflow` is refused, because MLflow's own command serves without these limits; "
    "`deploy --to service` works",
    checked_with="mlflow 3.17.2",
    is_limit=True,
)
OVERRIDES = (REQUIREMENTS, APPLICATION)


def requirements_of_this_process() -> AbstractContextManager[None]:
    """Save models whose requirements are the versions that run here, and need not be compared with those.

    MLflow reads the metadata of every installed package to compare them, 0.3 s in each process.
    """
    return applied(REQUIREMENTS, lambda _: _nothing)


def _nothing(model_requirements: list[str]) -> None:
    """Leave them as they are."""
