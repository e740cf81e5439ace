"""What the libraries below must be told before they are imported."""

from __future__ import annotations

import os
import warnings

from sentiment.errors import OtherLibraryVersionWarning

_QUIET = {
    "ZENML_LOGGING_VERBOSITY": "CRITICAL",  # what fails is raised to us, and told once
    "ZENML_ENABLE_RICH_TRACEBACK": "false",
    "MLFLOW_LOGGING_LEVEL": "ERROR",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}
_ALWAYS = {
    "ZENML_ANALYTICS_OPT_IN": "false",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "TF_ENABLE_ONEDNN_OPTS": "0",  # its results depend on the machine's instruction set
    "CUDA_VISIBLE_DEVICES": "-1",
}


def prepare(*, verbose: bool) -> None:
    """Set what is not set: no telemetry, and quiet libraries unless `verbose`."""
    for name, value in (_ALWAYS if verbose else _ALWAYS | _QUIET).items():
        os.environ.setdefault(name, value)
    if not verbose:
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", OtherLibraryVersionWarning)
