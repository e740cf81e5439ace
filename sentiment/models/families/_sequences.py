"""Documents as sequences of word numbers, and the network that reads them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentiment.models.families.base import Recipe
from sentiment.models.ngrams import number_words
from sentiment.models.text_model import TextModel

FAMILY = "embedding_average"
"""The family that stores these objects in files of its own; see `models.files`."""

PADDING, UNKNOWN = 0, 1
_ROWS_A_CALL = 4096


class SequenceVectorizer:
    """Gives each document as the numbers of its words.

    Number 0 is padding at the end, 1 any word outside the vocabulary. A document without words counts as one unknown
    word, so that every document has an average.

    Attributes:
        words: The vocabulary, commonest first; of equally common ones, in alphabetical order.
        first_word: The number of its first word.
    """

    first_word = UNKNOWN + 1
    stored_by = FAMILY

    def __init__(self, recipe: Recipe, vocabulary_size: int, max_length: int) -> None:
        self.recipe = recipe
        self.vocabulary_size = vocabulary_size
        self.max_length = max_length
        self.words: tuple[str, ...] = ()
        self._numbers = _Numbers()

    def fit_transform(self, documents: Sequence[str]) -> NDArray[np.int32]:
        """Learn the vocabulary of training documents, and give them as `transform` would; each is cleaned once."""
        met: defaultdict[str, int] = defaultdict()
        met.default_factory = met.__len__
        order, lengths = number_words(documents, self.recipe, met)
        counts = np.bincount(order, minlength=len(met)).tolist()
        ranked = sorted(met, key=lambda word: (-counts[met[word]], word))
        self.with_words(ranked[: self.vocabulary_size - self.first_word])
        known = np.fromiter(map(self._numbers.__getitem__, met), np.int32, len(met))
        return self._padded(known[order], lengths)

    def with_words(self, words: Sequence[str]) -> SequenceVectorizer:
        """Take a vocabulary that was learned before."""
        self.words = tuple(words)
        self._numbers = _Numbers(zip(words, count(self.first_word), strict=False))
        return self

    def transform(self, documents: Sequence[str]) -> NDArray[np.int32]:
        """Give the word numbers of documents.

        Returns:
            Shape ``(n_documents, longest)``; the longest of these documents, at most `max_length`.
        """
        return self._padded(*number_words(documents, self.recipe, self._numbers))

    def _padded(self, numbers: NDArray[np.int32], lengths: NDArray[np.int64]) -> NDArray[np.int32]:
        """Lay documents out as rows.

        Args:
            numbers: Of the words of all documents, one after the other.
            lengths: Shape ``(n_documents,)``: how many each document has.
        """
        cut = np.minimum(lengths, self.max_length)
        padded = np.full((len(lengths), cut.max(initial=1)), PADDING, dtype=np.int32)
        starts = np.cumsum(lengths) - lengths
        kept = np.arange(len(numbers)) - np.repeat(starts, lengths) < self.max_length
        padded[np.arange(padded.shape[1]) < cut[:, None]] = numbers[kept]
        padded[lengths == 0, 0] = UNKNOWN
        return padded


class _Numbers(dict[str, int]):
    """The number of each word of a vocabulary."""

    def __missing__(self, word: str) -> int:
        return UNKNOWN


class EmbeddingClassifier:
    """A trained network as a classifier.

    Args:
        network: A Keras model: word numbers ``(n, length)`` to probabilities ``(n, 1)``.
    """

    threshold = 0.5
    stored_by = FAMILY

    def __init__(self, network: Any) -> None:
        self.network = network
        self._call: Any = None

    def predict_proba(self, sequences: NDArray[np.int32]) -> NDArray[np.float64]:
        """Give the probability of both classes, in `reviews.reading.LABELS` order.

        Args:
            sequences: Word numbers, shape ``(n_documents, length)``, 0 where there is no word.

        Returns:
            Shape ``(n_documents, 2)``; independent of the padding and of which documents are scored together.
        """
        parts = [
            self._compiled()(sequences[start : start + _ROWS_A_CALL]).numpy()
            for start in range(0, len(sequences), _ROWS_A_CALL)
        ]
        positive = np.concatenate(parts).astype(np.float64)[:, 0] if parts else np.empty(0)
        return np.column_stack([1 - positive, positive])

    def _compiled(self) -> Any:
        """Trace the network once, for every number and length of documents."""
        if self._call is None:
            import tensorflow as tf  # seconds, which only a network needs

            signature = [tf.TensorSpec([None, None], tf.int32)]
            self._call = tf.function(lambda numbers: self.network(numbers, training=False), input_signature=signature)
        return self._call


def word_scores(model: TextModel) -> dict[str, float]:
    """Give the log-odds that the network sees in each word of its vocabulary alone."""
    words = model.vectorizer.words
    alone = np.arange(len(words), dtype=np.int32)[:, None] + model.vectorizer.first_word
    probability = np.clip(model.classifier.predict_proba(alone)[:, 1], 1e-9, 1 - 1e-9)
    scores: NDArray[np.float64] = np.log(probability / (1 - probability))
    return dict(zip(words, scores.tolist(), strict=True))
