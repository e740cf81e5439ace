"""Documents as sequences of word numbers, and the network that reads them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentiment.families.base import Recipe
from sentiment.model import TextModel

FAMILY = "embedding_average"
"""The family that stores these objects in files of its own; see `model_files`."""

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
        self._numbers: dict[str, int] = {}

    def fit(self, documents: Iterable[str]) -> SequenceVectorizer:
        """Learn the vocabulary of training documents."""
        counts = Counter(chain.from_iterable(map(self.recipe, documents)))
        ranked = sorted(counts, key=lambda word: (-counts[word], word))
        return self.with_words(ranked[: self.vocabulary_size - self.first_word])

    def with_words(self, words: Sequence[str]) -> SequenceVectorizer:
        """Take a vocabulary that was learned before."""
        self.words = tuple(words)
        self._numbers = {word: number for number, word in enumerate(words, self.first_word)}
        return self

    def transform(self, documents: Sequence[str]) -> NDArray[np.int32]:
        """Give the word numbers of documents.

        Returns:
            Shape ``(n_documents, longest)``; the longest of these documents, at most `max_length`.
        """
        numbers, unknown = self._numbers, UNKNOWN
        sequences = [
            [numbers.get(word, unknown) for word in self.recipe(document)[: self.max_length]] or [unknown]
            for document in documents
        ]
        padded = np.full((len(sequences), max(map(len, sequences), default=1)), PADDING, dtype=np.int32)
        for row, sequence in zip(padded, sequences, strict=True):
            row[: len(sequence)] = sequence
        return padded


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
        """Give the probability of both classes, in `reviews.LABELS` order.

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
