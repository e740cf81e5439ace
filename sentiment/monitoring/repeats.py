"""Which reviews repeat the text of an earlier one, in the order in which they came."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Repeats:
    """The repeated texts among reviews, without the texts.

    Attributes:
        rows: Number of reviews.
        pairs: The position of each review whose text came before, and that of the review that had it last; in order.
    """

    rows: int
    pairs: Sequence[tuple[int, int]]

    @classmethod
    def among(cls, texts: Iterable[str]) -> Repeats:
        """Find them among texts in the order in which they came."""
        last: dict[str, int] = {}
        pairs, rows = [], 0
        for position, text in enumerate(texts):
            if text in last:
                pairs.append((position, last[text]))
            last[text] = position
            rows = position + 1
        return cls(rows, pairs)

    def within(self, size: int) -> NDArray[np.bool_]:
        """Say which reviews repeat a text of the same block of consecutive reviews.

        The more reviews there are, the more of them repeat one of the others. So two shares of repeated texts can only
        be compared among equal numbers of reviews.

        Args:
            size: Reviews per block, at most `rows`. The last block is left out where it has fewer.

        Returns:
            Shape ``(n_blocks * size,)``.
        """
        repeated = np.zeros(self.rows // size * size, dtype=bool)
        for position, earlier in self.pairs:
            if position < len(repeated):
                repeated[position] = earlier >= position // size * size
        return repeated
