"""The two tests that most detectors are: of a share, and of where values lie."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from sentiment.monitoring.finding import Finding, Kind


def of_shares(name: str, kind: Kind, window: NDArray[np.bool_], reference: NDArray[np.bool_]) -> Finding:
    """Compare how often something is so: Fisher's exact test of two shares."""
    table = [[int(rows.sum()), int(len(rows) - rows.sum())] for rows in (window, reference)]
    return Finding(
        name=name,
        kind=kind,
        window=float(window.mean()),
        reference=float(reference.mean()),
        p_value=float(stats.fisher_exact(table).pvalue),
    )


def of_values(name: str, kind: Kind, window: NDArray[Any], reference: NDArray[Any]) -> Finding:
    """Compare where values lie: the test of Mann and Whitney, which finds a shift of the whole distribution."""
    return Finding(
        name=name,
        kind=kind,
        window=float(window.mean()),
        reference=float(reference.mean()),
        p_value=float(stats.mannwhitneyu(window, reference).pvalue),
    )
