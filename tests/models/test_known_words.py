"""A model says how much of a review it knows."""

from __future__ import annotations

import pytest

from sentiment.models.known_words import word_counter
from sentiment.models.text_model import TextModel


def test_every_family_counts_the_words_that_it_knows(fitted, family):
    count = word_counter(fitted[family].model)
    known, unknown, empty = count(["soft fabric", "zxqv qwop", "!!!"])
    assert known.words == known.known == 2
    assert (unknown.words, unknown.known) == (2, 0)
    assert (empty.words, empty.known) == (0, 0)


def test_repeats_count_each_time(fitted):
    (counted,) = word_counter(fitted["tfidf_linear"].model)(["soft soft zxqv"])
    assert (counted.words, counted.known) == (3, 2)


def test_a_vectorizer_without_a_vocabulary_is_refused():
    with pytest.raises(TypeError, match="object keeps no vocabulary of words"):
        word_counter(TextModel(object(), object()))
