"""Cleaning: the article's, token for token, and the one that keeps what the article drops."""

from __future__ import annotations

import re
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.stem.porter import PorterStemmer
from sklearn.base import clone

from sentiment.errors import ConfigError
from sentiment.models.skops_files import dump_skops, load_skops
from sentiment.reviews.reading import read_reviews, with_text
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
    "don't can't won’t it's she'd y'all '' ' o'clock",
    "line one\nline two\r\nline\tthree\x0bfour\x85five",
    "3rd 100% $49.99 5'4\" 36DDD 2x",
    "İI ıi ẞß ÀÉÎ K Å ſ",
    "\u202eevol\u202c \u0915\u094d\u0937 \ud83d\udc57 \U0001f469\u200d\U0001f4bb",
]
CONTRACTIONS = (
    "ain't aren't can't couldn't didn't doesn't don't hadn't hasn't haven't isn't mustn't needn't shan't shouldn't "
    "wasn't weren't won't wouldn't"
).split()
OTHER_NEGATIONS = (
    "not no never nor neither none nothing nobody cannot without hardly barely scarcely lacks lacked lacking".split()
)


stem = cache(PorterStemmer().stem)


def the_articles_loop(text, stopped=stop_words()):  # noqa: B008  (they never change)
    words = re.sub("[^a-zA-z]", " ", text).lower().split()
    return " ".join(stem(word) for word in words if word not in stopped).split()


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
        ("हिंदी में, cafe\u0301 36DD ½", "हिंदी में cafe\u0301 36dd ½"),
    ],
)
def test_the_negation_recipe_marks_what_a_negation_reaches(text, words):
    assert NEGATION(text) == words.split()


@pytest.mark.parametrize("negation", [*CONTRACTIONS, *OTHER_NEGATIONS])
def test_every_negation_marks_the_word_after_it(negation):
    assert NEGATION(f"{negation.upper()} soft") == [negation, "not_soft"]


@pytest.mark.parametrize("contraction", CONTRACTIONS)
@pytest.mark.parametrize("apostrophe", ["’", "‘", "ʼ", "`", ""])
def test_a_contraction_negates_with_any_apostrophe_and_without(contraction, apostrophe):
    typed = contraction.replace("'", apostrophe)
    assert NEGATION(f"{typed} soft") == [contraction if apostrophe else typed, "not_soft"]


@pytest.mark.parametrize("word", ["nothings", "knot", "note", "can", "it's", "notable", "unlike"])
def test_a_word_that_is_no_negation_marks_nothing(word):
    assert NEGATION(f"{word} soft") == [word, "soft"]


@pytest.mark.parametrize("end", ".,;:()")
def test_punctuation_ends_what_a_negation_reaches_and_is_no_word(end):
    assert NEGATION(f"not a{end}soft b") == ["not", "not_a", "soft", "b"]
    assert NEGATION(f"not a{end * 3} soft") == ["not", "not_a", "soft"]


@pytest.mark.parametrize("between", ["-", "/", '"', "*", "_", "&", "\n", "\t", "\u00a0", "\u200b"])
def test_other_signs_part_words_and_end_nothing(between):
    assert NEGATION(f"not{between}soft{between}fit") == ["not", "not_soft", "not_fit"]


@pytest.mark.parametrize("mark", "!?")
def test_a_mark_of_emphasis_is_a_word_that_is_never_marked_and_uses_up_a_place(mark):
    assert NegationRecipe(scope=2)(f"not{mark}soft fit") == ["not", mark, "not_soft", "fit"]


@pytest.mark.parametrize("scope", [0, 1, 3, 5, 100])
def test_a_negation_reaches_as_many_words_as_its_scope(scope):
    words = [f"w{number}" for number in range(8)]
    marked = NegationRecipe(scope=scope)("not " + " ".join(words))
    assert marked == ["not", *(f"not_{word}" for word in words[:scope]), *words[scope:]]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from("not don't soft fit . , ! ? ( no 😍 it's not_a".split()), max_size=15).map(" ".join))
def test_marking_changes_words_and_neither_drops_nor_moves_one(text):
    unmarked = NegationRecipe(scope=0)(text)
    assert [word.removeprefix("not_") for word in NEGATION(text)] == unmarked
    assert {"not", "no", "don't"}.isdisjoint(
        word.removeprefix("not_") for word in NEGATION(text) if word.startswith("not_")
    )


def test_the_negation_recipe_drops_no_stop_word():
    text = " ".join(sorted(word for word in stop_words() if word not in ("no", "not", "nor") and "'" not in word))
    unmarked = [word.removeprefix("not_") for word in NEGATION(text)]
    assert unmarked == text.split()


def test_the_title_comes_first_as_often_as_it_weighs_and_is_closed():
    document = join_title(["Not good"], ["soft"])[0]
    assert NegationRecipe(title_weight=2)(document) == ["not", "not_good", "|", "not", "not_good", "|", "soft"]
    assert NegationRecipe(use_title=False)(document) == ["soft"]


def test_what_the_title_negates_ends_with_the_title():
    assert NegationRecipe(title_weight=1)(f"Not{TITLE_END}soft fit") == ["not", "|", "soft", "fit"]


@pytest.mark.parametrize("title", ["", "...", " "])
def test_a_title_without_words_adds_none(title):
    words = NEGATION(join_title([title], ["soft | fit"])[0])
    assert [word for word in words if word != "|"] == ["soft", "fit"]
    assert words.count("|") == (3 if title else 0)  # only the recipe's own


def test_each_review_has_one_title():
    with pytest.raises(ValueError, match="longer"):
        join_title(["A"], ["x", "y"])


def test_a_recipes_settings_are_those_of_a_scikit_learn_estimator():
    recipe = NegationRecipe(use_title=False, title_weight=2, scope=1)
    settings_of = {"use_title": False, "title_weight": 2, "scope": 1, "markup": False, "folding": False}
    assert recipe.get_params() == clone(recipe).get_params() == settings_of
    assert ArticleRecipe().get_params() == {}


def test_settings_changed_after_use_hold_from_then_on():
    recipe = NegationRecipe()
    document = join_title(["Nice"], ["not soft fit"])[0]
    recipe(document)
    recipe.set_params(scope=1, title_weight=1)
    assert recipe(document) == ["nice", "|", "not", "not_soft", "fit"]
    assert recipe.set_params(use_title=False)(document) == ["not", "not_soft", "fit"]


@pytest.mark.parametrize("recipe", [ArticleRecipe(), NegationRecipe(use_title=False, title_weight=2, scope=1)])
def test_a_recipe_is_stored_with_its_settings_and_without_its_memory(recipe, tmp_path):
    fresh = clone(recipe)
    document = join_title(["Not bad"], ["I do not love running in it, no! It isn't flattering"])[0]
    words = recipe(document)
    dump_skops(recipe, tmp_path / "recipe.skops")
    read = load_skops(tmp_path / "recipe.skops")
    assert recipe.__getstate__() == fresh.__getstate__() == recipe.get_params()
    assert read.get_params() == recipe.get_params()
    assert read(document) == words


@pytest.mark.parametrize("name", recipe_names())
def test_what_a_caller_does_with_the_words_is_not_remembered(name):
    recipe = get_recipe(name)
    recipe("not soft").clear()
    recipe("not soft").append("more")
    assert recipe("not soft") == get_recipe(name)("not soft")


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
    with pytest.raises(ConfigError, match="recipe 'lemmas' is not known; there are: article, ending, negation"):
        get_recipe("lemmas")


def test_a_memory_that_is_full_starts_afresh_and_stays_right():
    asked = []
    memo = Memo(lambda word: asked.append(word) or word.upper(), largest=2)
    assert [memo[word] for word in "abab"] == list("ABAB")
    assert asked == ["a", "b"]
    assert [memo[word] for word in "cab"] == list("CAB")
    assert len(memo) <= 2


def test_the_ending_of_a_review_is_read_again_and_told_apart():
    recipe = get_recipe("ending").set_params(ending=3)
    assert recipe(f"Soft{TITLE_END}I will not return it") == [
        *["soft", "|"] * 3,
        *["i", "will", "not", "not_return", "not_it"],
        *["end_not", "end_not_return", "end_not_it"],
    ]
    assert recipe("lovely fit") == ["lovely", "fit", "end_lovely", "end_fit"]
    assert recipe("") == []
