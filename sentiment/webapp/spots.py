"""Where in a text stands what a recipe read: each word that a model counts, with the signs that it was made of.

The service names words as the model's recipe spells them, and not which recipe that was. Every recipe is asked here,
and the one that explains most of the names is believed.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from itertools import cycle, groupby
from typing import Any, NamedTuple
from unicodedata import category

from sentiment.text import TITLE_END, get_recipe, join_title, recipe_names
from sentiment.text.folding import APOSTROPHES, gaps, is_invisible

TITLE, REVIEW = 0, 1
_AHEAD = 50
"""Words of a text that a recipe may have left out, or read otherwise, before the next is looked for no more."""


class Spot(NamedTuple):
    """Signs of a text that became a word.

    Attributes:
        part: `TITLE` or `REVIEW`.
        start: Of the first sign.
        end: Behind the last one.
    """

    part: int
    start: int
    end: int


class Read(NamedTuple):
    """A word as a recipe spells it, and where it stands; nowhere, where the recipe put it in itself."""

    word: str
    spot: Spot | None


class Occurrence(NamedTuple):
    """A place where a named word, or run of words, was read.

    Attributes:
        name: As it was named.
        spots: Of its words.
    """

    name: str
    spots: frozenset[Spot]


def find(title: str, review: str, names: Sequence[str]) -> list[Occurrence]:
    """Find where named words stand.

    Args:
        title: Empty where there is none.
        review: As the customer wrote it.
        names: Words, or runs of words with a space between, as the service names them.

    Returns:
        Each place of each name, in the order of the names; those that were not found have none. Of recipes that
        explain equally many names, the last by its name is believed.
    """
    readings = (_occurrences(_reading(get_recipe(name), title, review), names) for name in recipe_names())
    return max(reversed(list(readings)), key=lambda found: len({one.name for one in found}))


def _occurrences(reading: Sequence[Read], names: Sequence[str]) -> list[Occurrence]:
    words = [read.word for read in reading]
    places: dict[str, list[int]] = {}
    for place, word in enumerate(words):
        places.setdefault(word, []).append(place)
    found = []
    for name in names:
        run = name.split(" ")
        for place in places.get(run[0], ()):
            if words[place : place + len(run)] == run:
                spots = frozenset(read.spot for read in reading[place : place + len(run)] if read.spot)
                found.append(Occurrence(name, spots))
    return [one for one in dict.fromkeys(found) if one.spots]


def _reading(recipe: Any, title: str, review: str) -> list[Read]:
    """Read a title and a review as a recipe does: the title's words, the review's, and what stands there again."""
    title, review = title.replace(TITLE_END, " "), review.replace(TITLE_END, " ")
    head, again = _part(recipe, review, REVIEW)
    (document,) = join_title([title], [review])
    words = recipe(document)
    in_front = words[: max(0, len(words) - len(head) - len(again))]
    return _in_order(in_front, _part(recipe, title, TITLE)[0]) + head + again


def _in_order(words: Sequence[str], known: Sequence[Read]) -> list[Read]:
    """Give words that are repetitions of known ones, with others between, their spots."""
    read: list[Read] = []
    coming = cycle(known)
    expected = next(coming, None)
    for word in words:
        if expected is not None and word == expected.word:
            read.append(expected)
            expected = next(coming)
        else:
            read.append(Read(word, None))
    return read


def _part(recipe: Any, text: str, part: int) -> tuple[list[Read], list[Read]]:
    """Read one text: its words, and those of its end that the recipe gives a second time."""
    words, count = _without_repeats(recipe, recipe(text))
    head = [Read(word, spot) for word, spot in zip(words, _spots(recipe, words, text, part), strict=True)]
    again = [Read(f"{recipe.repeats}{read.word}", read.spot) for read in (head[len(head) - count :] if count else [])]
    return head, again


def _without_repeats(recipe: Any, words: list[str]) -> tuple[list[str], int]:
    mark = getattr(recipe, "repeats", None)
    count = sum(1 for word in words if mark and word.startswith(mark))
    return words[: len(words) - count], count


def _spots(recipe: Any, words: Sequence[str], text: str, part: int) -> list[Spot | None]:
    """Align the words of a text with its pieces, which the recipe reads one by one without what is around them.

    What is around a word only puts something in front of it, such as the mark of a negation.
    """
    alone: dict[str, list[str]] = {}
    pieces = []
    for start, end in _pieces(text):
        piece = text[start:end]
        if piece not in alone:
            alone[piece] = _without_repeats(recipe, recipe(piece))[0]
        pieces += [(word, Spot(part, start, end)) for word in alone[piece]]
    spots: list[Spot | None] = []
    at = 0
    for word in words:
        ahead = range(at, min(at + _AHEAD, len(pieces)))
        place = next((place for place in ahead if _is_same(word, pieces[place][0])), None)
        spots.append(pieces[place][1] if place is not None else None)
        at = place + 1 if place is not None else at
    return spots


def _is_same(word: str, alone: str) -> bool:
    return word == alone or (word.endswith(f"_{alone}"))


def _pieces(text: str) -> list[tuple[int, int]]:
    """Cut a text into runs of letters, numbers, marks and apostrophes, and single signs of any other kind.

    Invisible characters and the space of "do n't" are no ends of words.
    """
    pieces, inside = [], set(gaps(text))
    for (is_word, _), run in groupby(enumerate(text), lambda one: _kind(one[0], one[1], inside)):
        places = [place for place, _ in run]
        start, end = places[0], places[-1] + 1
        if is_word:
            inner = text[start:end]
            start += len(inner) - len(inner.lstrip(APOSTROPHES))
            end -= len(inner) - len(inner.rstrip(APOSTROPHES))
        if start < end and not text[start:end].isspace():
            pieces.append((start, end))
    return pieces


def _kind(place: int, sign: str, inside: Container[int]) -> tuple[bool, int]:
    is_word = category(sign)[0] in "LNM" or sign in APOSTROPHES or is_invisible(sign) or place in inside
    return is_word, 0 if is_word else place + 1
