"""Lies beside every model, with an archive of this package: MLflow loads the model by it wherever libraries are there.

Where the project is installed, that is what loads the model, and not the copy.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

if find_spec("sentiment") is None:
    sys.path.append(str(Path(__file__).with_name("sentiment.zip")))

from sentiment.tracking.pyfunc import _load_pyfunc

__all__ = ["_load_pyfunc"]
