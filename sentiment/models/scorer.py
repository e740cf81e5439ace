"""A model as those see it who only ask it: documents in, probabilities and words out.

There are two: `linear_scorer`, of numbers alone, and `pair_scorer`, which asks the trained pair. Nothing here needs
scikit-learn, so that a service that serves the first does without it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class Word(NamedTuple):
    """A word, or a run of words that the model counts as one, and what it says.

    Attributes:
        word: As the model's vectorizer names it.
        weight: In log-odds; positive speaks for a recommendation.
    """

    word: str
    weight: float


class Scores(NamedTuple):
    """What a model says of documents; a value a document, in their order.

    Attributes:
        probabilities: Of a recommendation, in [0, 1].
        words: How many the recipe makes of it; see `known_words.WordCount`.
        known_words: How many of these the model knows.
    """

    probabilities: list[float]
    words: list[int]
    known_words: list[int]


class Scorer(Protocol):
    """A model that is asked."""

    @property
    def threshold(self) -> float:
        """The least probability that counts as a recommendation, in [0, 1]."""

    @property
    def reads_titles(self) -> bool:
        """Whether what is said of a document depends on its title."""

    def score(self, documents: Sequence[str]) -> Scores:
        """Score documents, as `text.join_title` makes them."""

    def explain(self, documents: Sequence[str], top: int) -> list[tuple[Word, ...]] | None:
        """Name the words that moved each verdict most, at most `top`, strongest first; None where none can be named."""
