"""Cleaning: the article's, token for token, and the one that keeps what the article drops."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.stem.porter import PorterStemmer
from sklearn.base import clone

from sentiment.errors import ConfigError
from sentiment.reviews import read_reviews, with_text
from sentiment.text import TITLE_END, get_recipe, join_title, recipe_names
from sentiment.text.article import ArticleRecipe, stop_words
from sentiment.text.memo import Memo
from sentiment.text.negation import NegationRecipe

ARTICLE = ArticleRecipe()
NEGATION = NegationRecipe()
TRICKY = [
    "",
    " \n\t ",
    "Absolutely wonderful - silky and sexy and comfortable",
    "I'm 5'8\", it DIDN'T fit!!! (size 4)",
    "café naïve İstanbul straße ﬁt ſoft Ǆungla",
    "a_b [c] ^d` back\\slash",
    "😍 love 💕 القماش ناعم a\u200bb\u00a0c\u2028d\x1ce",
    "running runs ran easily generously",
    "x" * 5000,
    "the a an and not no",
]


def the_articles_loop(text, stemmer=PorterStemmer(), stopped=stop_words()):  # noqa: B008  (one stemmer for all)
    words = re.sub("[^a-zA-z]", " ", text).lower().split()
    return " ".join(stemmer.stem(word) for word in words if word not in stopped).split()


@pytest.mark.parametrize("text", TRICKY)
def test_the_article_recipe_is_the_articles_loop_on_tricky_texts(text):
    assert ARTICLE(text) == the_articles_loop(text)


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(blacklist_characters=TITLE_END, blacklist_categories=["Cs"]), max_size=80))
def test_the_article_recipe_is_the_articles_loop_on_any_text(text):
    assert ARTICLE(text) == the_articles_loop(text)


@pytest.mark.real_data
def test_the_article_recipe_is_the_articles_loop_on_every_real_review(real_csv):
    reviews = with_text(read_reviews(real_csv))["review"].tolist()
    assert len(reviews) == 22_641
    assert [ARTICLE(review) for review in reviews] == [the_articles_loop(review) for review in reviews]


def test_the_stop_words_are_nltks_179():
    assert len(stop_words()) == 179
    assert {"not", "don't", "the", "wouldn't"} <= stop_words()


def test_the_article_recipe_reads_the_review_and_not_the_title():
    assert ARTICLE(f"Horrible{TITLE_END}lovely dress") == ARTICLE("lovely dress")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("It is not soft", "it is not not_soft"),
        ("I DON'T love it", "i don't not_love not_it"),
        ("i don’t love it", "i don't not_love not_it"),
        ("not soft. Lovely fit", "not not_soft lovely fit"),
        ("not soft, lovely", "not not_soft lovely"),
        ("not a b c d e f", "not not_a not_b not_c not_d not_e f"),
        ("never not soft", "never not not_soft"),
        ("without a zip (lovely)", "without not_a not_zip lovely"),
        ("so soft! not good?!", "so soft ! not not_good ? !"),
        ("the 'soft' one", "the soft one"),
        ("no", "no"),
        ("", ""),
        ("love it 😍💕", "love it 😍 💕"),
        ("القماش ليس ناعم", "القماش ليس ناعم"),
    ],
)
def test_the_negation_recipe_marks_what_a_negation_reaches(text, words):
    assert NEGATION(text) == words.split()


def test_the_negation_recipe_drops_no_stop_word():
    text = " ".join(sorted(word for word in stop_words() if word not in ("no", "not", "nor") and "'" not in word))
    unmarked = [word.removeprefix("not_") for word in NEGATION(text)]
    assert unmarked == text.split()


def test_the_title_comes_first_as_often_as_it_weighs_and_is_closed():
    document = join_title(["Not good"], ["soft"])[0]
    assert NegationRecipe(title_weight=2)(document) == ["not", "not_good", "|", "not", "not_good", "|", "soft"]
    assert NegationRecipe(use_title=False)(document) == ["soft"]


def test_a_review_cannot_pose_as_a_title():
    assert join_title(["", "A"], [f"x{TITLE_END}y", f"x{TITLE_END}y"]) == ["x y", f"A{TITLE_END}x y"]


@pytest.mark.parametrize("name", recipe_names())
@settings(max_examples=100, deadline=None)
@given(texts=st.lists(st.text(st.characters(blacklist_categories=["Cs"]), max_size=60), max_size=5))
def test_a_recipe_gives_the_same_words_again_cloned_and_in_any_order(name, texts):
    recipe = get_recipe(name)
    once = [recipe(text) for text in texts]
    assert [recipe(text) for text in reversed(texts)] == once[::-1]
    assert [clone(recipe)(text) for text in texts] == once


def test_shouting_changes_no_word():
    assert NEGATION("IT ISN'T SOFT, NO!") == NEGATION("it isn't soft, no!")


def test_an_unknown_recipe_is_named_with_those_there_are():
    with pytest.raises(ConfigError, match="recipe 'lemmas' is not known; there are: article, negation"):
        get_recipe("lemmas")


def test_a_memory_that_is_full_starts_afresh_and_stays_right():
    asked = []
    memo = Memo(lambda word: asked.append(word) or word.upper(), largest=2)
    assert [memo[word] for word in "abab"] == list("ABAB")
    assert asked == ["a", "b"]
    assert [memo[word] for word in "cab"] == list("CAB")
    assert len(memo) <= 2
