"""What ZenML 0.98 does that costs seconds and gives nothing, or fails: overridden here, and nowhere else.

`tests/steps/test_zenml_overrides.py` fails as soon as ZenML no longer does it, and this can go.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from typing import Any

from sentiment.overrides import Override, apply

FRAMEWORKS = ("tensorflow", "keras", "xgboost", "lightgbm", "statsmodels", "spark", "sklearn", "pytorch")
"""That ZenML switches MLflow's autologging off for."""

AUTOLOGGING = Override(
    module="zenml.integrations.mlflow.experiment_trackers",
    attribute="MLFlowExperimentTracker.disable_autologging",
    parameters=("self",),
    why="ZenML imports eight frameworks, TensorFlow among them, to switch their autologging off",
    lost="a training takes seconds longer: at the end of a tracked step, ZenML imports eight frameworks",
    checked_with="zenml 0.98.0",
)
PACKAGES = Override(
    module="zenml.utils.source_utils",
    attribute="_get_package_for_module",
    parameters=("module_name",),
    why="ZenML reads the metadata of every installed package to name the package of a type",
    lost="each artifact of a library's type takes 0.3 s longer to store",
    checked_with="zenml 0.98.0",
)
FLUSH = Override(
    module="opentelemetry.instrumentation.logging.handler",
    attribute="LoggingHandler.flush",
    parameters=("self",),
    why="it starts a thread, which Python 3.12 and later refuse while they end",
    lost="a command may end with a traceback about threads, after its work is done",
    checked_with="opentelemetry-instrumentation-logging 0.64b0",
)
LIGHTGBM = Override(
    module="zenml.integrations.lightgbm",
    attribute="LightGBMIntegration.activate",
    parameters=(),
    why="ZenML imports LightGBM where it is installed, for artifacts that no step makes",
    lost="every pipeline starts slower where LightGBM is installed",
    checked_with="zenml 0.98.0",
)
S3_FOLDERS = Override(
    module="zenml.integrations.s3.artifact_stores.s3_artifact_store",
    attribute="ZenMLS3Filesystem.makedirs",
    parameters=("self", "path", "exist_ok"),
    why="S3 has no folders, and ZenML requests the bucket twice for each artifact to make some",
    lost="each artifact takes two more requests to S3, and a bucket that was deleted may be made again",
    checked_with="zenml 0.98.0",
)
OVERRIDES = (AUTOLOGGING, PACKAGES, FLUSH, LIGHTGBM, S3_FOLDERS)


def override_zenml() -> None:
    """Override it in this process; again and again changes nothing."""
    apply(AUTOLOGGING, lambda _: _disable_autologging)
    apply(PACKAGES, _package_for_module)
    apply(FLUSH, _flush)
    apply(LIGHTGBM, lambda _: _activate_nothing)
    if S3_FOLDERS.module in sys.modules:  # it needs packages that only stacks with S3 have
        apply(S3_FOLDERS, lambda _: _make_no_folders)


def _activate_nothing() -> None:
    """Register no materializer of LightGBM's, which the search may have installed: no step gives anything of it.

    It would import LightGBM, and with it scikit-learn, whenever a pipeline is started.
    """


def _flush(flush_in_a_thread: Callable[[Any], None]) -> Callable[[Any], None]:
    """Flush the handler of ZenML's step logs, in a thread of its own while there can be one.

    Python flushes every handler when it ends, and from 3.12 on it starts no thread any more by then.
    """

    def flush(handler: Any) -> None:
        try:
            flush_in_a_thread(handler)
        except RuntimeError:
            if (provider := getattr(handler, "_logger_provider", None)) is None:
                raise
            provider.force_flush()

    return flush


def _package_for_module(zenmls: Callable[[str], str | None]) -> Callable[[str], str | None]:
    """Name the package of a module: for each artifact of a type that is not ours.

    ZenML reads the metadata of every installed package for that, 0.3 s each time. That of the package which is called
    as the module is mostly enough.
    """

    @cache
    def package_for_module(module_name: str) -> str | None:
        try:
            found: str = distribution(module_name.split(".", maxsplit=1)[0]).name
        except PackageNotFoundError:
            return zenmls(module_name)
        return found

    return package_for_module


def _make_no_folders(filesystem: Any, path: str, exist_ok: bool = False) -> None:
    """Make no folder where there are none: ZenML has S3 asked for the bucket twice an artifact, before it is written.

    A bucket that is gone would be made anew by it, by whoever may do so.
    """


def _disable_autologging(tracker: Any) -> None:  # noqa: ARG001
    """Switch autologging off without importing eight frameworks at the end of a tracked step, TensorFlow included.

    A framework that was never imported has no autologging to switch off.
    """
    for framework in FRAMEWORKS:
        module = sys.modules.get(f"mlflow.{framework}")
        if module is not None and hasattr(module, "autolog"):
            module.autolog(disable=True)
