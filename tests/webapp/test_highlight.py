"""Words are marked where they stand, and nothing that a customer wrote becomes markup."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from sentiment.text import get_recipe, recipe_names
from sentiment.webapp.highlight import marked, weights_of
from sentiment.webapp.spots import REVIEW, TITLE, find


def spelt(review, words, title=""):
    texts = {TITLE: title, REVIEW: review}
    found = weights_of(title, review, words)
    return [(texts[spot.part][spot.start : spot.end], found[spot].log_odds) for spot in sorted(found)]


def places(review, *names, title=""):
    return {spot.start for one in find(title, review, names) for spot in one.spots if spot.part == REVIEW}


def test_a_negated_word_and_the_same_without_a_negation_are_two():
    review = "It is soft. It is not soft at all"
    words = [("soft", 1.0), ("not_soft", -0.5)]
    assert spelt(review, words) == [("soft", 1.0), ("soft", -0.5)]
    _, html = marked("", review, words)
    assert '<mark class="for" title="+1.00 log-odds">soft<small>▲</small></mark>. It is not' in html
    assert '<mark class="against" title="-0.50 log-odds, read as negated">soft<small>¬▼</small></mark> at all' in html


def test_a_negation_reaches_as_far_as_the_recipe_reads_it():
    assert places("not a b c d soft. soft", "soft") == {18}  # the fifth word is reached; behind the stop none is
    assert places("not a b c d soft. soft", "not_soft") == {12}


def test_the_last_words_are_marked_at_the_end_alone():
    review = "soft and pure wool, it has a good length and soft"
    assert places(review, "end_soft") == {review.rindex("soft")}
    assert places(review, "soft", "end_soft") == {0, review.rindex("soft")}
    assert spelt("sent it back", [("end_it end_back", -0.5)]) == [("it", -0.25), ("back", -0.25)]


def test_a_run_of_words_is_marked_only_where_they_follow_each_other():
    assert spelt("so very soft", [("so soft", 1.0)]) == []
    assert spelt("so soft", [("so soft", 1.0)]) == [("so", 0.5), ("soft", 0.5)]


def test_what_several_words_say_through_one_is_added_up():
    assert spelt("so soft", [("soft", 0.5), ("so soft", 0.5)]) == [("so", 0.25), ("soft", 0.75)]


def test_what_cancels_out_is_not_marked():
    assert spelt("so soft", [("soft", 0.25), ("so soft", -0.5)]) == [("so", -0.25)]


def test_signs_and_emoji_are_words_too():
    assert spelt("Love 😍 it!", [("😍", 0.5), ("!", 0.2), ("love", 0.3)]) == [("Love", 0.3), ("😍", 0.5), ("!", 0.2)]


def test_a_title_is_marked_once_although_it_is_read_three_times():
    found = spelt("it fits", [("| very", 0.4), ("soft", 0.5), ("| it", 0.2)], title="Very soft")
    assert found == [("Very", 0.4), ("soft", 0.5), ("it", 0.2)]


def test_stems_are_found_in_the_words_that_they_came_from():
    assert spelt("The fabrics are flattering", [("flatter", 0.5), ("fabric", 0.1)]) == [
        ("fabrics", 0.1),
        ("flattering", 0.5),
    ]
    assert spelt("soft", [("soft", 0.5), ("flatter", 0.1)], title="Flattering") == [("soft", 0.5)]  # it reads no titles


@pytest.mark.parametrize("written", ["it’s", "it's", "'it's'", "IT‘S"])
def test_apostrophes_of_any_kind_are_one(written):
    assert [text for text, _ in spelt(f"well, {written} soft", [("it's", 0.5)])] == [written.strip("'")]


@pytest.mark.parametrize(
    ("written", "word"),
    [
        ("don\u00b4t", "don't"),
        ("do n't", "don't"),
        ("do n\u2019t", "don't"),
        ("flat\u00adter\u200bing", "flattering"),
        ("\ufb02at", "flat"),
        ("\uff33\uff4f\uff46\uff54", "soft"),
    ],
)
def test_a_word_is_marked_in_the_typography_that_it_was_written_in(written, word):
    assert spelt(f"well, {written}, really", [(word, 0.5)]) == [(written, 0.5)]


def test_letters_that_grow_in_lower_case_shift_nothing():
    assert spelt("İİİİ soft", [("soft", 0.5)]) == [("soft", 0.5)]


@given(text=st.text(st.sampled_from("ab İß'’.!? \n-😍é\u0301,not5"), max_size=60))
def test_every_word_that_a_recipe_reads_is_found_where_it_stands(text):
    for name in ("negation", "ending"):
        words = get_recipe(name)(text)
        found = {one.name for one in find("", text, words)}
        assert found == set(words)


def test_every_recipe_explains_its_own_words(split):
    for review in split.test["review"].head(30):
        for name in recipe_names():
            words = get_recipe(name)(review)
            found = {one.name for one in find("", review, words)}
            assert len(found) >= 0.98 * len(set(words)), (name, set(words) - found)


@given(title=st.text(max_size=40), review=st.text(max_size=80), word=st.text(min_size=1, max_size=10))
def test_any_text_is_escaped_and_none_of_it_is_lost(title, review, word):
    for text, html in zip((title, review), marked(title, review, [(word, 1.0), ("script", -1.0)]), strict=True):
        without_marks = re.sub(r"<mark [^>]*>|<small>¬?[▲▼]</small></mark>", "", html)
        assert without_marks == escape(text).replace("\n", Markup("<br>"))


def test_both_directions_can_be_told_without_colour():
    _, html = marked("", "soft\nbut itchy", [("soft", 1.0), ("itchy", -1.0)])
    assert 'class="for" title="+1.00 log-odds">soft<small>▲' in html
    assert "<br>" in html
    assert 'class="against" title="-1.00 log-odds">itchy<small>▼' in html


def test_markup_of_a_customer_stays_text():
    title, review = marked("<i>", "<script>alert(1)</script> soft & <b>nice</b>", [("script", 1.0), ("b", 1.0)])
    assert "<i>" not in title
    assert "<script" not in review
    assert "<b>" not in review
    assert "&lt;<mark" in review
