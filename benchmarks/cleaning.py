"""The recipes against the article's loop, and against the least that any cleaning does."""

from __future__ import annotations

import re
from pathlib import Path

import nltk
from nltk.corpus.reader import WordListCorpusReader
from nltk.stem.porter import PorterStemmer

from benchmarks.data import texts
from benchmarks.timing import Comparison, alternate, at_least, at_most
from sentiment.text import get_recipe
from sentiment.text.article import STOP_WORDS_FILE, memory

LOOP_ROWS = 300


def compare(data: Path, *, short: bool) -> list[Comparison]:
    """Measure cleaning; a recipe starts cold each time."""
    reviews = texts(data)
    few = reviews[: LOOP_ROWS // 10 if short else LOOP_ROWS]
    loop, article, negation, least = alternate(
        lambda: the_articles_loop(few),
        lambda: _clean("article", reviews),
        lambda: _clean("negation", reviews),
        lambda: [text.lower().split() for text in reviews],
    )
    scaled = loop * len(reviews) / len(few)
    count = f"{len(reviews):,} reviews"
    return [
        at_least(f"article cleaning, {count}", "the article's loop", article, scaled, 200 if short else 1000),
        at_most(f"article cleaning, {count}", "lower().split()", article, least, 8 if short else 4),
        at_most(f"negation cleaning, {count}", "lower().split()", negation, least, 8 if short else 4),
    ]


def the_articles_loop(reviews: list[str]) -> list[str]:
    """Clean as the article does: the stop words are read and made a set again for every word."""
    folder = str(Path(str(STOP_WORDS_FILE)).parent)
    nltk.data.path.append(folder)  # NLTK reads below its own folders alone
    stop_words = WordListCorpusReader(folder, [STOP_WORDS_FILE.name])
    stemmer = PorterStemmer()
    corpus = []
    for review in reviews:
        words = re.sub("[^a-zA-z]", " ", review).lower().split()
        kept = [stemmer.stem(word) for word in words if word not in set(stop_words.words(STOP_WORDS_FILE.name))]
        corpus.append(" ".join(kept))
    return corpus


def _clean(recipe: str, reviews: list[str]) -> None:
    memory.cache_clear()
    clean = get_recipe(recipe)
    for review in reviews:
        clean(review)
