"""Answered reviews as the detectors see them, in a window and in the reference alike."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sentiment.monitoring.repeats import Repeats
from sentiment.service.predictions.record import Prediction
from sentiment.text.article import stop_words

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_FEWEST_TO_TELL = 5
_LEAST_ENGLISH = 0.25
"""Share of English function words in a text of some length; nearly all English reviews have a third and more."""


@dataclass(frozen=True)
class Rows:
    """Columns with a value a review.

    Attributes:
        probabilities: Shape ``(n,)``, in [0, 1].
        recommended: Shape ``(n,)``.
        characters: Of the reviews.
        words: Of title and review after the model's own cleaning.
        known: Those of them that the model knows.
        titled: Whether there was a title.
        texts: The reviews; None where they were not kept.
        labels: What they said, in the rows of `labelled`.
        labelled: Positions of the rows with a label.
        repeats: Which texts repeat one that came before; None where they were not kept. Those of the reference are of
            all reviews that came with its rows.
        milliseconds: That the answers took, those of which it is known.
    """

    probabilities: NDArray[np.float64]
    recommended: NDArray[np.bool_]
    characters: NDArray[np.int64]
    words: NDArray[np.int64]
    known: NDArray[np.int64]
    titled: NDArray[np.bool_]
    texts: Sequence[str] | None
    labels: NDArray[np.int64]
    labelled: NDArray[np.int64]
    repeats: Repeats | None
    milliseconds: Sequence[float] = ()

    def __len__(self) -> int:
        return len(self.probabilities)

    @property
    def correct(self) -> NDArray[np.bool_]:
        """Whether each labelled verdict was right."""
        return np.asarray(self.recommended[self.labelled] == (self.labels == 1))


def rows_of(predictions: Sequence[Prediction], labels: dict[str, bool]) -> Rows:
    """Take the rows of recorded predictions.

    Args:
        predictions: Of one version, oldest first.
        labels: What customers said, by the prediction's id.
    """
    kept = [one.review for one in predictions if one.review is not None]
    texts = kept if len(kept) == len(predictions) else None
    labelled = [position for position, one in enumerate(predictions) if one.id in labels]
    return Rows(
        probabilities=np.array([one.probability for one in predictions], dtype=np.float64),
        recommended=np.array([one.recommended for one in predictions], dtype=bool),
        characters=np.array([one.characters for one in predictions], dtype=np.int64),
        words=np.array([one.words for one in predictions], dtype=np.int64),
        known=np.array([one.known_words for one in predictions], dtype=np.int64),
        titled=np.array([one.has_title for one in predictions], dtype=bool),
        texts=texts,
        labels=np.array([labels[predictions[position].id] for position in labelled], dtype=np.int64),
        labelled=np.array(labelled, dtype=np.int64),
        repeats=None if texts is None else Repeats.among(texts),
        milliseconds=[one.milliseconds for one in predictions if one.milliseconds is not None],
    )


def words_of(text: str) -> list[str]:
    """Split a text into lower-case words of letters, whatever its language."""
    return _WORD.findall(text.lower().replace("’", "'"))


def is_english(text: str) -> bool | None:
    """Whether a text has the function words of English; None for one of so few words that they do not tell."""
    words = words_of(text)
    if len(words) < _FEWEST_TO_TELL:
        return None
    english = sum(word in stop_words() and (len(word) > 1 or word in "ia") for word in words)  # "y" is Spanish as well
    return english >= _LEAST_ENGLISH * len(words)
