"""Which choices of a search mattered."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sentiment.search.space import Dimension, Space
from sentiment.search.trial import Trial

GROUPS = 4


def importance(trials: Sequence[Trial], space: Space) -> dict[str, float]:
    """Give the share of the scores' variance that each dimension explains by itself, in [0, 1], largest first.

    Trials are grouped by choice, or by quarters of a range; the share is that of the variance between groups
    (correlation ratio, eta squared). A dimension of one family is judged among that family's trials. With few trials
    it says little; those that chose the same everywhere are left out.
    """
    shares = {one.name: _share(trials, one) for one in space.dimensions}
    known = {name: share for name, share in shares.items() if share is not None}
    return dict(sorted(known.items(), key=lambda item: -item[1]))


def _share(trials: Sequence[Trial], one: Dimension) -> float | None:
    tried = [trial for trial in trials if one.name in trial.values and trial.score is not None]
    scores = np.array([trial.score for trial in tried], dtype=np.float64)
    values = [trial.values[one.name] for trial in tried]
    if one.domain.choices is not None:
        groups = np.array([one.domain.choices.index(value) for value in values])
    else:
        ranks = np.argsort(np.argsort(np.array(values, dtype=np.float64), kind="stable"))
        groups = ranks * GROUPS // max(len(ranks), 1)
    found = np.unique(groups)
    if len(scores) < 2 * GROUPS or len(found) < 2 or not scores.var():
        return None
    between = sum((groups == group).mean() * (scores[groups == group].mean() - scores.mean()) ** 2 for group in found)
    return float(between / scores.var())
