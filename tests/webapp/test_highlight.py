"""Words are marked where they stand, and nothing that a customer wrote becomes markup."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from sentiment.webapp.highlight import marked, weights_of


def spelt(text, words):
    return {text[start:end]: weight for (start, end), weight in weights_of(text, words).items()}


def test_words_are_found_whatever_marks_the_recipe_put_before_them():
    text = "It’s NOT soft, it isn't. So soft!"
    assert spelt(text, [("not_soft", -1.0)]) == {"soft": -1.0}
    assert weights_of(text, [("soft", 1.0)]) == {(9, 13): 1.0, (28, 32): 1.0}
    assert spelt("sent it back", [("end_it end_back", -0.5)]) == {"it": -0.25, "back": -0.25}
    assert spelt("it’s soft", [("it's", 0.2)]) == {"it’s": 0.2}


def test_a_run_of_words_is_marked_only_where_they_follow_each_other():
    assert spelt("so very soft", [("so soft", 1.0)]) == {}


def test_what_several_words_say_through_one_is_added_up():
    assert spelt("so soft", [("soft", 0.5), ("so soft", 0.5)]) == {"so": 0.25, "soft": 0.75}


def test_both_directions_can_be_told_without_colour():
    html = marked("soft\nbut itchy", [("soft", 1.0), ("itchy", -1.0)])
    assert 'class="for" title="+1.00 log-odds">soft<small>▲' in html
    assert "<br>" in html
    assert 'class="against" title="-1.00 log-odds">itchy<small>▼' in html


@given(text=st.text(max_size=80), word=st.text(min_size=1, max_size=10))
def test_any_text_is_escaped_and_none_of_it_is_lost(text, word):
    html = marked(text, [(word, 1.0), ("script", -1.0)])
    without_marks = re.sub(r"<mark [^>]*>|<small>[▲▼]</small></mark>", "", html)
    assert without_marks == escape(text).replace("\n", Markup("<br>"))


def test_markup_of_a_customer_stays_text():
    html = marked("<script>alert(1)</script> soft & <b>nice</b>", [("script", 1.0), ("b", 1.0)])
    assert "<script" not in html
    assert "<b>" not in html
    assert "&lt;<mark" in html
