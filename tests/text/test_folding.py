"""Typography is no part of a word, for models trained from now on; stored ones answer as they did."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment.text import get_recipe
from sentiment.text.ending import EndingRecipe
from sentiment.text.folding import APOSTROPHES, fold, gaps, is_invisible
from sentiment.text.negation import NegationRecipe

SIGNS = [*"abntTsi .5'", *APOSTROPHES, *"ﬁｆ…™№²½º\u200b\u00ad\ufe0f\u0301é"]
TEXTS = st.text(st.sampled_from(SIGNS) | st.characters())


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        *[(f"I don{sign}t", "I don't") for sign in APOSTROPHES],
        ("I do n't, it is n't and WO N'T", "I don't, it isn't and WON'T"),
        ("I do n\u2019t", "I don't"),
        ("flat\u00adter\u200bing\ufeff \u2060so\u200d \u202esoft\u202c", "flattering so soft"),
        ("\u2764\ufe0fsoft", "\u2764soft"),
        ("\ufb02attering \uff33\uff4f\uff46\uff54 \u017foft", "flattering Soft soft"),
        ("\U0001d42c\U0001d428\U0001d41f\U0001d42d", "soft"),
        ("cafe\u0301", "caf\u00e9"),
        ("so\u00a0soft\u2003too\u2026", "so soft too..."),
        ("really\u203c \uff1f", "really!! ?"),
    ],
)
def test_typography_is_folded(written: str, meant: str) -> None:
    meant = unicodedata.normalize("NFC", meant)
    assert fold(written) == meant
    for name in ("negation", "ending"):
        assert get_recipe(name)(written) == get_recipe(name)(meant)


@pytest.mark.parametrize(
    "text",
    [
        "Size 8\u00bd and 10\u00b2, \u2460",
        "Spanx\u2122 \u00ae \u2116 5, n\u00ba 5, \u2105",
        "5\u2033 long",
        "\u00a8 \u00af \u00b8",
        "\U0001f60d \u4f60\u597d \u0627\u0644\u0642\u0645\u0627\u0634",
        "rock 'n' roll, 5 n't",
        "not \u2192 soft",
    ],
)
def test_what_would_become_another_word_stays(text: str) -> None:
    assert fold(text) == text


@given(TEXTS)
def test_folding_what_was_folded_changes_nothing(text: str) -> None:
    folded = fold(text)
    assert not any(is_invisible(character) for character in folded)
    assert set(folded).isdisjoint(set(APOSTROPHES) - {"'"})
    assert unicodedata.is_normalized("NFC", folded)
    assert fold(folded) == folded


@given(st.text(st.sampled_from("adnDN tTs'\u2019\u00b4-"), max_size=30))
def test_the_gaps_of_contractions_are_found_where_they_stand(text: str) -> None:
    places = gaps(text)
    assert all(text[place] == " " for place in places)
    assert fold(text) == fold("".join(sign for place, sign in enumerate(text) if place not in places))


@pytest.mark.parametrize("recipe", [NegationRecipe, EndingRecipe])
def test_a_model_that_was_stored_before_cleans_as_it_did(recipe) -> None:
    state = recipe(markup=True).get_params()
    del state["folding"]
    stored = recipe.__new__(recipe)
    stored.__setstate__(state)
    text = "I don\u00b4t lo\u200bve it, \ufb02at"
    assert stored(text) == recipe()(text)
    assert stored(text)[:5] == ["i", "don", "t", "lo", "ve"]
    assert stored(text) != recipe(markup=True, folding=True)(text)
