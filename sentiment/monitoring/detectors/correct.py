"""How often the verdict was right, where customers said so later."""

from __future__ import annotations

from scipy import stats

from sentiment.monitoring.finding import Finding
from sentiment.monitoring.rows import Rows

NAME = "accuracy by labels"
FEWEST = 30


def test(window: Rows, reference: Rows, seed: int) -> Finding | None:  # noqa: ARG001
    """Ask whether the accuracy has fallen, by Fisher's one-sided test; None with fewer than `FEWEST` labels."""
    if len(window.labelled) < FEWEST:
        return None
    table = [[int(right.sum()), int(len(right) - right.sum())] for right in (window.correct, reference.correct)]
    return Finding(
        name=NAME,
        kind="performance",
        window=float(window.correct.mean()),
        reference=float(reference.correct.mean()),
        p_value=float(stats.fisher_exact(table, alternative="less").pvalue),
        detail=f"of {len(window.labelled):,} reviews with a label",
    )
