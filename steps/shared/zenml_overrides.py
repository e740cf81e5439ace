"""What ZenML 0.98 does that costs seconds and gives nothing, or fails: overridden here, and nowhere else.

`tests/steps/test_zenml_overrides.py` fails as soon as ZenML no longer does it, and this can go.
"""

from __future__ import annotations

import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from typing import Any

from opentelemetry.instrumentation.logging.handler import LoggingHandler
from zenml.integrations.lightgbm import LightGBMIntegration
from zenml.integrations.mlflow.experiment_trackers import MLFlowExperimentTracker
from zenml.utils import source_utils

FRAMEWORKS = ("tensorflow", "keras", "xgboost", "lightgbm", "statsmodels", "spark", "sklearn", "pytorch")
"""That ZenML switches MLflow's autologging off for."""

_S3_STORES = "zenml.integrations.s3.artifact_stores.s3_artifact_store"


def override_zenml() -> None:
    """Override it in this process; again and again changes nothing."""
    # mypy reports every method of a class that is replaced.
    MLFlowExperimentTracker.disable_autologging = _disable_autologging  # type: ignore[method-assign,assignment]  # above
    source_utils._get_package_for_module = _package_for_module
    LoggingHandler.flush = _flush  # type: ignore[method-assign,assignment]  # above
    LightGBMIntegration.activate = _activate_nothing  # type: ignore[method-assign]  # above
    if (stores := sys.modules.get(_S3_STORES)) is not None:  # it needs packages that only stacks with S3 have
        stores.ZenMLS3Filesystem.makedirs = _make_no_folders


def _activate_nothing() -> None:
    """Register no materializer of LightGBM's, which the search may have installed: no step gives anything of it.

    It would import LightGBM, and with it scikit-learn, whenever a pipeline is started.
    """


_flush_in_a_thread = LoggingHandler.flush


def _flush(handler: Any) -> None:
    """Flush the handler of ZenML's step logs, in a thread of its own while there can be one.

    Python flushes every handler when it ends, and from 3.12 on it starts no thread any more by then.
    """
    try:
        _flush_in_a_thread(handler)
    except RuntimeError:
        handler._logger_provider.force_flush()


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


def _make_no_folders(filesystem: Any, path: str, exist_ok: bool = False) -> None:
    """Make no folder where there are none: ZenML has S3 asked for the bucket twice an artifact, before it is written.

    A bucket that is gone would be made anew by it, by whoever may do so.
    """


def _disable_autologging(tracker: MLFlowExperimentTracker) -> None:  # noqa: ARG001
    """Switch autologging off without importing eight frameworks at the end of a tracked step, TensorFlow included.

    A framework that was never imported has no autologging to switch off.
    """
    for framework in FRAMEWORKS:
        module = sys.modules.get(f"mlflow.{framework}")
        if module is not None and hasattr(module, "autolog"):
            module.autolog(disable=True)
