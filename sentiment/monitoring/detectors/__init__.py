"""The detectors, one file each: the file's name is the detector's name.

A detector is a module with two names:

- ``NAME``: what people read;
- ``test(window, reference, seed) -> Finding | None``: None where there is nothing to compare.
"""

from __future__ import annotations

from sentiment.modules import Modules

_DETECTORS = Modules(__name__, "detector")
names, get = _DETECTORS.names, _DETECTORS.get
