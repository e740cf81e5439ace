"""What ZenML 0.98 does that costs seconds and gives nothing: overridden here, and nowhere else.

`tests/unit/test_zenml_overrides.py` fails as soon as ZenML no longer does it, and this can go.
"""

from __future__ import annotations

import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution

from zenml.integrations.mlflow.experiment_trackers import MLFlowExperimentTracker
from zenml.utils import source_utils

FRAMEWORKS = ("tensorflow", "keras", "xgboost", "lightgbm", "statsmodels", "spark", "sklearn", "pytorch")
"""That ZenML switches MLflow's autologging off for."""


def override_zenml() -> None:
    """Override it in this process; again and again changes nothing."""
    MLFlowExperimentTracker.disable_autologging = _disable_autologging
    source_utils._get_package_for_module = _package_for_module


_zenmls_package_for_module = source_utils._get_package_for_module


@cache
def _package_for_module(module_name: str) -> str | None:
    """Name the package of a module: for each artifact of a type that is not ours.

    ZenML reads the metadata of every installed package for that, 0.3 s each time. That of the package which is called
    as the module is mostly enough.
    """
    try:
        found: str = distribution(module_name.split(".", maxsplit=1)[0]).name
    except PackageNotFoundError:
        return _zenmls_package_for_module(module_name)
    return found


def _disable_autologging(tracker: MLFlowExperimentTracker) -> None:  # noqa: ARG001
    """Switch autologging off without importing eight frameworks at the end of a tracked step, TensorFlow included.

    A framework that was never imported has no autologging to switch off.
    """
    for framework in FRAMEWORKS:
        module = sys.modules.get(f"mlflow.{framework}")
        if module is not None and hasattr(module, "autolog"):
            module.autolog(disable=True)
