"""The words of many documents as numbers: what a recipe makes of each document, worked out for all of them at once.

In a recipe, a word costs several steps of Python, which for thousands of documents is most of the time that a score
takes. Here each different spelling is looked at once, and what is done with each word where it stands is done by NumPy.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentiment.text import TITLE_END
from sentiment.text.ending import MARK as ENDING_MARK
from sentiment.text.ending import EndingRecipe
from sentiment.text.memo import LARGEST, Memo
from sentiment.text.negation import NEGATIONS, STOP, TITLE_STOP, Characters, NegationRecipe, bare, marked, spaced

Numbers = NDArray[np.int64]
Numbering = Callable[[Sequence[str]], tuple[Numbers, Numbers]]
"""Gives, for documents, the number of each word and the position of its document; those of one document in order."""

_DOCUMENT, _TITLE = "\1", "\2"
"""What ends a document and a title, once they are all one text; neither is white space, which `str.split` drops."""
_CHARACTERS = Characters({ord(mark): mark for mark in (_DOCUMENT, _TITLE)})
_ELSEWHERE = {ord(mark): " " for mark in (_DOCUMENT, _TITLE)}

_FEWEST = 16
"""Documents; of fewer, NumPy takes longer to begin than each of them alone."""

_PLAIN, _MARKED, _ENDING, _MARKED_ENDING, _KIND = range(5)
_WORD, _NEGATION, _STOP, _NOTHING, _DOCUMENT_END, _TITLE_END = range(6)


def numbering(recipe: Any, number: Memo[int]) -> Numbering:
    """Make a function that cleans documents with a recipe and numbers their words.

    Args:
        recipe: Of `sentiment.text`.
        number: Of what the recipe makes.
    """
    return (_AtOnce if type(recipe) in (NegationRecipe, EndingRecipe) else _OneByOne)(recipe, number)


class _OneByOne:
    """Any recipe."""

    def __init__(self, recipe: Any, number: Memo[int]) -> None:
        self._recipe, self._number = recipe, number

    def __call__(self, documents: Sequence[str]) -> tuple[Numbers, Numbers]:
        recipe, number_of = self._recipe, self._number.__getitem__
        words, ends = array("q"), [0]
        for document in documents:
            words.extend(map(number_of, recipe(document)))
            ends.append(len(words))
        return np.frombuffer(words, np.int64), np.repeat(np.arange(len(documents)), np.diff(ends))


class _Spellings(dict[str, int]):
    """Where in a table it stands what a spelling is; worked out when it is first met.

    Attributes:
        table: Five numbers a spelling: of the word, of it where a negation reaches it, of both at the end of a review,
            and what kind it is.
    """

    def __init__(self, number: Callable[[str], int]) -> None:
        super().__init__()
        self.table = array("q")
        self._number = number

    def __missing__(self, raw: str) -> int:
        position = self[raw] = len(self)
        self.table.extend(self._row(raw))
        return position

    def _row(self, raw: str) -> tuple[int, ...]:
        number, word = self._number, bare(raw)
        if raw == _TITLE:
            return (*[number(TITLE_STOP)] * 4, _TITLE_END)
        if raw == _DOCUMENT or not word or word == STOP:
            return 0, 0, 0, 0, _DOCUMENT_END if raw == _DOCUMENT else _STOP if word else _NOTHING
        both = word, marked(word)
        kind = _NEGATION if word in NEGATIONS else _WORD
        return (*map(number, both), *(number(ENDING_MARK + one) for one in both), kind)


class _AtOnce(_OneByOne):
    """`NegationRecipe` or `EndingRecipe`, for thousands of documents in a few passes."""

    def __init__(self, recipe: NegationRecipe, number: Memo[int]) -> None:
        super().__init__(recipe, number)
        self._title_weight = recipe.title_weight if recipe.use_title else 0
        self._ending = recipe.ending if isinstance(recipe, EndingRecipe) else 0
        self._spellings = _Spellings(number.work_out)

    def __call__(self, documents: Sequence[str]) -> tuple[Numbers, Numbers]:
        if len(documents) < _FEWEST:
            return super().__call__(documents)
        if len(self._spellings) > LARGEST:
            self._spellings = _Spellings(self._number.work_out)
        is_ascii = np.fromiter(map(str.isascii, documents), bool, len(documents))
        words, rows = [], []
        for kind in (True, False):  # one character that is not ASCII makes all of a text slower
            (at,) = np.nonzero(is_ascii == kind)
            found, row = self._numbered([documents[position] for position in at.tolist()])
            words.append(found)
            rows.append(at[row])
        return np.concatenate(words), np.concatenate(rows)

    def _numbered(self, documents: Sequence[str]) -> tuple[Numbers, Numbers]:
        raw = spaced("".join(chain.from_iterable(map(self._pieces, documents))), _CHARACTERS).split()
        spelling = np.fromiter(map(self._spellings.__getitem__, raw), np.intp, len(raw))
        table = np.array(self._spellings.table).reshape(-1, 5)
        kind = table[spelling, _KIND]
        spelling, kind = spelling[kind != _NOTHING], kind[kind != _NOTHING]
        is_marked = self._reached(kind)
        words = kind != _STOP
        spelling, kind, is_marked = spelling[words], kind[words], is_marked[words]
        number, ending = table[spelling, _PLAIN + is_marked], table[spelling, _ENDING + is_marked]
        (ends,) = np.nonzero(kind == _DOCUMENT_END)
        starts = np.concatenate(([0], ends + 1))[: len(ends)]
        reviews = starts.copy()
        (titles,) = np.nonzero(kind == _TITLE_END)
        reviews[np.searchsorted(ends, titles)] = titles + 1
        last = np.maximum(reviews, ends - self._ending)
        # Of each document: its title so many times, its review, and the end of that again, with the other numbers.
        begins = np.column_stack([starts] * self._title_weight + [reviews, len(number) + last])
        lengths = np.column_stack([reviews - starts] * self._title_weight + [ends - reviews, ends - last])
        words_of = np.concatenate([number, ending])[_ranges(begins.ravel(), lengths.ravel())]
        return words_of, np.repeat(np.arange(len(documents)), lengths.sum(axis=1))

    def _pieces(self, document: str) -> tuple[str, ...]:
        """Give a document as parts of one long text, in which its end and that of its title are marks."""
        if _DOCUMENT in document or _TITLE in document:
            document = document.translate(_ELSEWHERE)
        title, _, review = document.rpartition(TITLE_END)
        has_title = title and self._title_weight
        title, review = self._recipe.plain(title), self._recipe.plain(review)
        return (title, f" {_TITLE} ", review, f" {_DOCUMENT} ") if has_title else (review, f" {_DOCUMENT} ")

    def _reached(self, kind: Numbers) -> NDArray[np.intp]:
        """Tell for each word whether a negation reaches it, as 1 or 0."""
        reached = np.zeros(len(kind), np.intp)
        (at,) = np.nonzero(kind == _NEGATION)
        for _ in range(self._recipe.scope):
            at = at + 1
            at = at[kind[at] == _WORD]  # the end of its document comes after each word
            reached[at] = 1
        return reached


def _ranges(begins: Numbers, lengths: Numbers) -> Numbers:
    """Give the whole numbers of ranges, one behind the other."""
    before = np.cumsum(lengths) - lengths
    counted: Numbers = np.repeat(begins - before, lengths) + np.arange(int(lengths.sum()))
    return counted
