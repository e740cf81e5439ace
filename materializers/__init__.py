"""How artifacts are stored, and shown in ZenML's dashboard.

ZenML imports a materializer from here before it loads the type of an artifact, so stored types are found from here on.

SciPy's functions are imported before ZenML. When `skops.io` is imported, it looks for the home of each of them (800) in
one loaded module after the other: behind the thousands of ZenML's and MLflow's that takes a second more.
"""

import scipy.special  # noqa: F401

from materializers.addresses import follow_moves

follow_moves()
