"""Scores of any trained pair, by asking its two parts."""

from __future__ import annotations

from collections.abc import Sequence

from sentiment.models.explain import explainer
from sentiment.models.known_words import counting_scorer, reads_titles
from sentiment.models.linear_pair import linear_text
from sentiment.models.linear_scorer import LinearScorer
from sentiment.models.scorer import Scorer, Scores, Word
from sentiment.models.text_model import TextModel


class PairScorer:
    """What the two parts of a pair answer.

    Args:
        model: The trained pair.

    Raises:
        TypeError: The vectorizer keeps no vocabulary of words.
    """

    def __init__(self, model: TextModel) -> None:
        self.threshold = model.threshold
        self.reads_titles = reads_titles(model)
        self._score = counting_scorer(model)
        self._explain = explainer(model)

    def score(self, documents: Sequence[str]) -> Scores:
        """Score documents, as `text.join_title` makes them."""
        probabilities, counts = self._score(documents)
        return Scores(probabilities.tolist(), [one.words for one in counts], [one.known for one in counts])

    def explain(self, documents: Sequence[str], top: int) -> list[tuple[Word, ...]] | None:
        """Name the words that moved each verdict most; None for a family whose verdict is no sum over words."""
        return self._explain(documents, top) if self._explain is not None else None


def scorer_of(model: TextModel) -> Scorer:
    """Give what asks a trained pair fastest; raises as `PairScorer`."""
    linear = linear_text(model)
    return LinearScorer(linear) if linear is not None else PairScorer(model)
