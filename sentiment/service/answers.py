"""What a model answers about reviews, and which it refuses: the same for every server, command and file.

Nothing here needs pandas, so that a small service can do without it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat
from typing import NamedTuple

from sentiment.models.scorer import Scorer, Word
from sentiment.reviews.csv_structure import LONGEST_CELL
from sentiment.text import join_title


class Answer(NamedTuple):
    """What a model says of one review.

    Attributes:
        probability: In [0, 1], that the customer recommends the product.
        recommended: Whether that reaches the model's threshold.
        words: Of the review and its title after cleaning.
        known_words: Those of them that the model knows; with none, the probability is that of an empty review.
        moved_by: The words that moved the verdict most, strongest first; None where that was not asked, or for a family
            that cannot tell.
    """

    probability: float
    recommended: bool
    words: int
    known_words: int
    moved_by: tuple[Word, ...] | None = None


class Answerer:
    """A model that is asked about reviews.

    Args:
        scorer: The model.
    """

    def __init__(self, scorer: Scorer) -> None:
        self.threshold, self.reads_titles = scorer.threshold, scorer.reads_titles
        self._scorer = scorer

    def answer(self, reviews: Sequence[str], titles: Sequence[str], *, words: int = 0) -> list[Answer]:
        """Score reviews that `unscorable` has nothing to say about.

        Args:
            reviews: Texts.
            titles: One a review, empty where there is none.
            words: Name at most so many words that moved each verdict.
        """
        documents = join_title(titles, reviews)
        scores = self._scorer.score(documents)
        explained = (self._scorer.explain(documents, words) if words else None) or repeat(None)
        return [
            Answer(probability, probability >= self.threshold, count, known, moved_by)
            for probability, count, known, moved_by in zip(*scores, explained, strict=False)
        ]


def unscorable(review: str, title: str = "") -> str | None:
    """Say why a text cannot be scored; None when it can."""
    if not review or review.isspace():
        return "the review has no text"
    if max(len(review), len(title)) > LONGEST_CELL:
        return f"a text has over {LONGEST_CELL:,} characters"
    return None
