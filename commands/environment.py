"""What the libraries below must be told before they are imported."""

from __future__ import annotations

import logging
import os
import warnings

from sentiment.environment import ALWAYS
from sentiment.errors import OtherLibraryVersionWarning

_QUIET = {
    "ZENML_LOGGING_VERBOSITY": "CRITICAL",  # what fails is raised to us, and told once
    "ZENML_ENABLE_RICH_TRACEBACK": "false",
    "MLFLOW_LOGGING_LEVEL": "ERROR",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}


def prepare(*, verbose: bool) -> None:
    """Set what is not set: no telemetry, and quiet libraries unless `verbose`."""
    for name, value in (ALWAYS if verbose else ALWAYS | _QUIET).items():
        os.environ.setdefault(name, value)
    if not verbose:
        logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)  # ZenML would print each retry
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", OtherLibraryVersionWarning)
