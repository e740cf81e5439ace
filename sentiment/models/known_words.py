"""How much of a document a model knows: a verdict on words that it never met is a guess."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from copy import copy
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sentiment.models.spelling import Spelling
from sentiment.models.text_model import TextModel
from sentiment.text.memo import Memo

_KNOWN = 1 << 32


class WordCount(NamedTuple):
    """Of one document, after cleaning.

    Attributes:
        words: How many the recipe makes of it, repeats counted, without those that are punctuation alone; marks such
            as ``not_soft`` are words too.
        known: How many of these are in the model's vocabulary. With none, the probability is the model's answer to an
            empty review.
    """

    words: int
    known: int


def word_counter(model: TextModel) -> Callable[[Sequence[str]], list[WordCount]]:
    """Make a function that counts the words of documents, and those that `model` knows.

    Raises:
        TypeError: The vectorizer keeps no vocabulary of words.
    """
    recipe, vocabulary = _reads(model.vectorizer)
    count = token_counter(recipe, vocabulary)
    return lambda documents: [count(recipe(document)) for document in documents]


def counting_scorer(model: TextModel) -> Callable[[Sequence[str]], tuple[NDArray[np.float64], list[WordCount]]]:
    """Make a function that scores documents and counts their words, cleaning each document once.

    Raises:
        TypeError: As `word_counter`.
    """
    recipe, vocabulary = _reads(model.vectorizer)
    noting = _Noting(recipe, token_counter(recipe, vocabulary))
    scoring = model._replace(vectorizer=_with_recipe(model.vectorizer, noting))

    def score(documents: Sequence[str]) -> tuple[NDArray[np.float64], list[WordCount]]:
        noting.counts.clear()
        probabilities = scoring.predict_proba(documents)
        if len(noting.counts) != len(documents):
            raise RuntimeError(f"{len(noting.counts)} documents cleaned; {len(documents)} expected")
        return probabilities, list(noting.counts)

    return score


class _Noting:
    """A recipe that notes how many words it made, and how many of them are known."""

    def __init__(self, recipe: Callable[[str], list[str]], count: Callable[[list[str]], WordCount]) -> None:
        self._recipe = recipe
        self._count = count
        self.counts: list[WordCount] = []

    def __call__(self, document: str) -> list[str]:
        words = self._recipe(document)
        self.counts.append(self._count(words))
        return words


def _with_recipe(vectorizer: Any, recipe: Callable[[str], list[str]]) -> Any:
    """Give a copy of a vectorizer, with the same vocabulary, that cleans by another recipe."""
    copied = copy(vectorizer)
    if hasattr(copied, "recipe"):
        copied.recipe = recipe
    elif isinstance(getattr(copied, "preprocessor", None), Spelling):
        copied.preprocessor = copy(copied.preprocessor)
        copied.preprocessor.recipe = recipe
    elif callable(copied.tokenizer):
        copied.tokenizer = recipe
    else:
        copied.analyzer = recipe
    return copied


def token_counter(recipe: Callable[[str], list[str]], vocabulary: Container[str]) -> Callable[[list[str]], WordCount]:
    """Make a function that counts what a recipe made of one document; see `WordCount`.

    Args:
        recipe: Its ``repeats``, where it has them, are what begins a word that stands in the list a second time.
        vocabulary: The words that the model knows.
    """
    repeats = getattr(recipe, "repeats", None)
    # So that a word costs no call, and both are counted in one sum.
    kinds = Memo(lambda word: is_word(word, repeats) * (_KNOWN + 1 if word in vocabulary else 1))

    def count(words: list[str]) -> WordCount:
        both = sum(map(kinds.__getitem__, words))
        return WordCount(both % _KNOWN, both // _KNOWN)

    return count


def is_word(word: str, repeats: str | None) -> bool:
    """Tell whether something that a recipe made is a word that was not counted yet, and no punctuation.

    Args:
        word: Not empty.
        repeats: What begins those that stand in the list a second time; None where there are none.
    """
    return word[0].isalnum() and not (repeats and word.startswith(repeats))


def reads_titles(model: TextModel) -> bool:
    """Tell whether the answers of a model depend on the title.

    Raises:
        TypeError: As `word_counter`.
    """
    recipe, _ = _reads(model.vectorizer)
    return bool(getattr(recipe, "use_title", False))


def _reads(vectorizer: Any) -> tuple[Callable[[str], list[str]], Container[str]]:
    """Give the recipe of a vectorizer and its vocabulary: a family's own keeps both, scikit-learn's by other names."""
    if hasattr(vectorizer, "recipe"):
        return vectorizer.recipe, frozenset(vectorizer.words)
    spelling = getattr(vectorizer, "preprocessor", None)
    if isinstance(spelling, Spelling):
        return spelling.recipe, _SpeltOf(vectorizer)
    for recipe in (getattr(vectorizer, "tokenizer", None), getattr(vectorizer, "analyzer", None)):
        if callable(recipe):
            return recipe, vectorizer.vocabulary_
    raise TypeError(f"{type(vectorizer).__name__} keeps no vocabulary of words")


class _SpeltOf(Container[str]):
    """The words of which a vectorizer of characters knows any of the longest runs."""

    def __init__(self, vectorizer: Any) -> None:
        longest = vectorizer.ngram_range[1]  # of two characters, every word knows some
        spelt = copy(vectorizer).set_params(preprocessor=str, ngram_range=(longest, longest))
        self._runs = spelt.build_analyzer()
        self._vocabulary = vectorizer.vocabulary_

    def __contains__(self, word: object) -> bool:
        return not self._vocabulary.keys().isdisjoint(self._runs(str(word)))
