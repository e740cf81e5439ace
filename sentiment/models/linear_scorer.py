"""Scores of a linear model on runs of words, from a dictionary and a few sums: for one document or for thousands."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise, repeat
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from sentiment.models.known_words import is_word
from sentiment.models.linear_text import LinearText
from sentiment.models.scorer import Scores, Word
from sentiment.models.word_numbers import Numbers, numbering
from sentiment.text.memo import Memo

_DOCUMENTS_A_BLOCK, _CHARACTERS_A_BLOCK = 4096, 1 << 22
"""At most, because all words of a block are in memory at once; a review of the article's has 330 characters."""
_KNOWN = 1 << 32
_FREE = -1
_ODD = np.uint64(0x9E3779B97F4A7C15)  # 2**64 divided by the golden ratio


class _Numbers(NamedTuple):
    """Of words and runs of them: a run is the number of all but its last word, and that of its last word.

    Attributes:
        words: The number of each word. Those of a model's own runs come first, in their order; behind them are words
            that only stand in longer ones.
        longer: For runs of two words, of three, and so on: ``all but the last << 32 | the last`` to its number.
        total: How many there are.
    """

    words: dict[str, int]
    longer: list[dict[int, int]]
    total: int


class LinearScorer:
    """What scikit-learn's own objects answer, to 1e-12.

    Args:
        model: The numbers.
    """

    def __init__(self, model: LinearText) -> None:
        self._model = model
        numbers = _number(model.runs, model.longest)
        self._unknown, self._mark = numbers.total, numbers.total + 1  # of a word, and of punctuation
        size = numbers.total + 2
        self._bits = size.bit_length()
        known, repeats = numbers.words, getattr(model.recipe, "repeats", None)

        def number_of(word: str) -> int:
            return known.get(word, self._unknown if is_word(word, repeats) else self._mark)

        self._word = Memo(number_of)
        self._numbered = numbering(model.recipe, self._word)
        self._longer = numbers.longer
        self._tables = [_Table.of(longer) for longer in numbers.longer]
        runs = len(model.runs)
        self._idf, self._weights, self._words, self._known = np.zeros((4, size))
        self._idf[:runs], self._weights[:runs] = model.idf, model.idf * model.coef
        self._words[[self._unknown, *(number for word, number in known.items() if is_word(word, repeats))]] = 1
        self._known[:runs] = self._words[:runs]
        self._kinds = (self._words + _KNOWN * self._known).astype(np.int64).tolist()  # so that one sum counts both

    @property
    def threshold(self) -> float:
        """The least probability that counts as a recommendation, in [0, 1]."""
        return self._model.threshold

    @property
    def reads_titles(self) -> bool:
        """Whether what is said of a document depends on its title."""
        return bool(getattr(self._model.recipe, "use_title", False))

    def score(self, documents: Sequence[str]) -> Scores:
        """Score documents, as `text.join_title` makes them."""
        if len(documents) == 1:  # a request's: NumPy takes longer to begin than to sum
            probability, words, known = self._score_one(documents[0])
            return Scores([probability], [words], [known])
        scores = Scores([], [], [])
        for block in _blocks(documents):
            number, row = self._numbered(block)
            for counted, kind in ((scores.words, self._words), (scores.known_words, self._known)):
                counted.extend(np.bincount(row, kind[number], len(block)).astype(np.int64).tolist())
            row, _, moved = self._moved(number, row, len(block))
            scores.probabilities.extend(map(self._probability, np.bincount(row, moved, len(block)).tolist()))
        return scores

    def explain(self, documents: Sequence[str], top: int) -> list[tuple[Word, ...]]:
        """Name the words that moved each verdict most, at most `top`, strongest first; only such as the model knows.

        All of a document's add up to its score, less that of an empty one.
        """
        row, number, moved = self._moved(*self._numbered(documents), len(documents))
        told = moved != 0
        row, number, moved = row[told], number[told], moved[told]
        return [
            self._strongest(number[first:last].tolist(), moved[first:last].tolist(), top)
            for first, last in pairwise(np.searchsorted(row, np.arange(len(documents) + 1)).tolist())
        ]

    def _strongest(self, numbers: list[int], moved: list[float], top: int) -> tuple[Word, ...]:
        words = [Word(self._model.runs[number], weight) for number, weight in zip(numbers, moved, strict=True)]
        return tuple(sorted(words, key=lambda one: (-abs(one.weight), one.word))[:top])

    def _moved(self, words: Numbers, row: Numbers, documents: int) -> tuple[Numbers, Numbers, NDArray[np.float64]]:
        """Weigh what stands in documents.

        Args:
            words: Their numbers, one document after the other.
            row: The position of each one's document.
            documents: How many.

        Returns:
            For each document and each different run in it: the document's position, the run's number, and what it adds
            to the document's score.
        """
        found = [row << self._bits | words]
        at, begun = np.arange(len(words)), words
        for step, runs in enumerate(self._tables, 1):
            longer = at + step < len(words)
            at, begun = at[longer], begun[longer]
            number = runs.of_keys(begun << 32 | words[at + step])
            known = (number >= 0) & (row[at] == row[np.minimum(at + step, len(row) - 1)])
            at, begun = at[known], number[known]
            found.append(row[at] << self._bits | begun)
        both = np.sort(np.concatenate(found), kind="stable")  # Timsort: the documents are in order already
        first = np.flatnonzero(np.diff(both, prepend=-1))
        frequency = 1 + np.log(np.diff(first, append=len(both)))
        row, number = both[first] >> self._bits, both[first] & ((1 << self._bits) - 1)
        length = np.sqrt(np.bincount(row, np.square(frequency * self._idf[number]), documents))
        length[length == 0] = 1
        return row, number, frequency * self._weights[number] / length[row]

    def _score_one(self, document: str) -> tuple[float, int, int]:
        """Give the probability, how many words there are, and how many are known."""
        words = list(map(self._word.__getitem__, self._model.recipe(document)))
        found, begun = Counter(words), words
        for step, longer in enumerate(self._longer, 1):
            keys = [first << 32 | last for first, last in zip(begun, words[step:], strict=False)]
            begun = list(map(longer.get, keys, repeat(self._mark)))
            found.update(begun)
        number = np.fromiter(found, np.intp, len(found))
        frequency = 1 + np.log(np.fromiter(found.values(), np.float64, len(found)))
        weighed = frequency * self._idf[number]
        value = float(frequency @ self._weights[number]) / (math.sqrt(weighed @ weighed) or 1.0)
        both = sum(map(self._kinds.__getitem__, words))
        return self._probability(value), both % _KNOWN, both // _KNOWN

    def _probability(self, value: float) -> float:
        score = value + self._model.intercept
        below, above, shift = self._model.calibration
        more = math.log1p(math.exp(-abs(score)))
        log_odds = below * (min(score, 0.0) - more) + above * (max(score, 0.0) + more) + shift
        return 1 / (1 + math.exp(-log_odds)) if log_odds >= 0 else 1 - 1 / (1 + math.exp(log_odds))


def _blocks(documents: Sequence[str]) -> Iterator[Sequence[str]]:
    """Give documents in blocks; one that has more characters than a block may have is one by itself."""
    start = characters = 0
    for end, document in enumerate(documents):
        characters += len(document)
        if end - start == _DOCUMENTS_A_BLOCK or (characters > _CHARACTERS_A_BLOCK and end > start):
            yield documents[start:end]
            start, characters = end, len(document)
    if documents:
        yield documents[start:]


class _Table(NamedTuple):
    """Runs of words, to look many of them up at once: a hash table with open addressing, asked by NumPy.

    A run is looked for where the high bits of its key times an odd number say (Knuth, The Art of Computer Programming,
    volume 3, section 6.4: multiplicative hashing), and then in the next place, until there is none. At most half of the
    places are taken.

    Attributes:
        keys: As in `_Numbers.longer`; `_FREE` where there is none. The first is the next of the last.
        numbers: Of each.
    """

    keys: Numbers
    numbers: NDArray[np.int32]

    @classmethod
    def of(cls, runs: dict[int, int]) -> Self:
        size = 1 << max(1, (2 * len(runs)).bit_length())
        table = cls(np.full(size, _FREE), np.full(size, -1, np.int32))
        keys, numbers = np.fromiter(runs, np.int64, len(runs)), np.fromiter(runs.values(), np.int32, len(runs))
        places = table._places(keys)
        while len(keys):
            free = table.keys[places] == _FREE
            table.keys[places[free]] = keys[free]  # of several that want one place, one has it
            has = table.keys[places] == keys
            table.numbers[places[has]] = numbers[has]
            keys, numbers, places = keys[~has], numbers[~has], (places[~has] + 1) % size
        return table

    def of_keys(self, keys: Numbers) -> Numbers:
        """Give the number of each; -1 for one that is not known."""
        places = self._places(keys)
        there = self.keys[places]
        found = np.where(there == keys, self.numbers[places], np.int64(-1))
        (others,) = np.nonzero((there != keys) & (there != _FREE))
        while len(others):
            places[others] = (places[others] + 1) % len(self.keys)
            there = self.keys[places[others]]
            has = there == keys[others]
            found[others[has]] = self.numbers[places[others[has]]]
            others = others[~has & (there != _FREE)]
        return found

    def _places(self, keys: Numbers) -> Numbers:
        high_bits = np.uint64(65 - len(self.keys).bit_length())
        return (keys.view(np.uint64) * _ODD >> high_bits).view(np.int64)


def _number(runs: Sequence[str], longest: int) -> _Numbers:
    numbers = {run: position for position, run in enumerate(runs)}
    words: dict[str, int] = {}
    longer: list[dict[int, int]] = [{} for _ in range(1, longest)]

    def number_of(run: str) -> int:
        if (number := numbers.get(run)) is None:
            number = numbers[run] = len(numbers)
            add(run, number)
        return number

    def add(run: str, number: int) -> None:
        begin, _, last = run.rpartition(" ")
        if begin:
            longer[begin.count(" ")][number_of(begin) << 32 | number_of(last)] = number
        else:
            words[run] = number

    for position, run in enumerate(runs):
        add(run, position)
    return _Numbers(words, longer, len(numbers))
