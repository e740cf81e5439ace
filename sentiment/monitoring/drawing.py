"""From the rows of a training to rows as a window has them: each text as often as it came."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sentiment.reviews.parsing import BATCH
from sentiment.reviews.splits import TEST_SHARE, distinct

_SEED = 0


def drawn_as_windows(reviews: pd.DataFrame, test: pd.DataFrame) -> pd.DataFrame:
    """Draw rows in the proportions of production.

    Where many rows repeat a text, the training splits each text once (`reviews.splits.distinct`). Its test rows have no
    repeats then, while a window has: "Love it!" 22 times is one test row, or none. Of such a batch these rows are
    taken:

    - the test rows whose text came once: the model was not fitted on them, as on most texts of a window;
    - of the rows whose text came several times the same share, drawn by chance, each with its own title and label. The
      model may have been fitted on such a text. In a window it answers the same text again, so this is what it does
      there.

    Of a batch that was split as it came, the test rows are taken as they are.

    Args:
        reviews: All rows of the training that have text, in the order in which they came, with ``review`` and
            ``recommended``.
        test: Its test rows, as `reviews.splits.split_reviews` gives them.

    Returns:
        Rows of both, with their columns.
    """
    chance = np.random.default_rng(_SEED)
    parts = [
        _drawn(batch, test[_batches(test) == name], chance)
        for name, batch in reviews.groupby(_batches(reviews), sort=False)
    ]
    return pd.concat(parts, ignore_index=True)


def first_batch(reviews: pd.DataFrame) -> pd.DataFrame:
    """Take the rows that came by themselves: later batches hold labelled reviews that were added once per text."""
    batches = _batches(reviews)
    rows: pd.DataFrame = reviews[batches == batches.iloc[0]]
    return rows


def _drawn(batch: pd.DataFrame, test: pd.DataFrame, chance: np.random.Generator) -> pd.DataFrame:
    if len(distinct(batch)) == len(batch):
        return test
    repeated = batch["review"].duplicated(keep=False)
    once = test[~test["review"].isin(batch["review"][repeated])]
    singles = int((~repeated).sum())
    share = len(once) / singles if singles else TEST_SHARE
    positions = np.flatnonzero(repeated)
    drawn = chance.choice(positions, round(share * len(positions)), replace=False)
    return pd.concat([once, batch.iloc[np.sort(drawn)]])


def _batches(rows: pd.DataFrame) -> pd.Series:
    return rows[BATCH] if BATCH in rows else pd.Series("", index=rows.index)
