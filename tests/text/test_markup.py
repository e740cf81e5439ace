"""Markup is no word, for models trained from now on; stored ones answer as they did."""

from __future__ import annotations

import pytest

from sentiment.text import get_recipe
from sentiment.text.article import ArticleRecipe
from sentiment.text.ending import EndingRecipe
from sentiment.text.markup import has_markup, without_markup
from sentiment.text.negation import NegationRecipe


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("I don&#39;t love it", "I don't love it"),
        ("I don&#x27;t love it", "I don't love it"),
        ("I don&amp;#39;t love it", "I don't love it"),
        ("I don&rsquo;t love it", "I don’t love it"),
        ("soft<br />so nice", "soft so nice"),
        ("soft<BR>so nice", "soft so nice"),
        ("soft&lt;br&gt;so nice", "soft so nice"),
        ('<a href="x">soft</a> nice', " soft  nice"),
        ("see https://example.com/a?b=1&c=2 nice", "see   nice"),
        ("see www.example.com nice", "see   nice"),
        ("ask me.too@example.co.uk nice", "ask   nice"),
        ("tops &amp; skirts", "tops & skirts"),
    ],
)
def test_markup_is_read_as_it_was_meant(written: str, meant: str) -> None:
    assert has_markup(written)
    assert without_markup(written).split() == meant.split()
    assert get_recipe("negation")(written) == get_recipe("negation")(meant)


@pytest.mark.parametrize("text", ["<3 it", "size < 5 and > 3", "H&M &not sure", "AT&T; no", "5 @ 10", "a<b", "& ; &;"])
def test_what_only_looks_like_markup_stays(text: str) -> None:
    assert without_markup(text) == text or text == "AT&T; no"
    assert get_recipe("negation")("soft").count("soft") == 1


@pytest.mark.parametrize("recipe", [NegationRecipe, EndingRecipe])
def test_a_model_that_was_stored_before_cleans_as_it_did(recipe) -> None:
    state = recipe().get_params()
    del state["markup"]
    stored = recipe.__new__(recipe)
    stored.__setstate__(state)
    assert stored("don&#39;t<br />go") == recipe()("don&#39;t<br />go")
    assert stored("soft<br />nice") != get_recipe("ending" if recipe is EndingRecipe else "negation")("soft<br />nice")


def test_the_articles_recipe_stays_as_it_is() -> None:
    assert get_recipe("article").get_params() == ArticleRecipe().get_params() == {}
    assert "br" in ArticleRecipe()("soft<br />nice")
