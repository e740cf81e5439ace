"""Documents cleaned all at once have the words that their recipe makes of each."""

from __future__ import annotations

from itertools import count

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentiment.models import word_numbers
from sentiment.models.word_numbers import numbering
from sentiment.text import TITLE_END
from sentiment.text.article import ArticleRecipe
from sentiment.text.ending import EndingRecipe
from sentiment.text.memo import Memo
from sentiment.text.negation import NegationRecipe

RECIPES = [
    NegationRecipe(),
    NegationRecipe(markup=True),
    NegationRecipe(markup=True, folding=True),
    NegationRecipe(use_title=False, markup=True),
    NegationRecipe(title_weight=0, scope=0),
    NegationRecipe(title_weight=1, scope=2),
    EndingRecipe(markup=True),
    EndingRecipe(markup=True, folding=True),
    EndingRecipe(ending=2, scope=3),
    EndingRecipe(ending=0),
    ArticleRecipe(),
]
PIECES = (
    "not never don't DON\u2019T 'quoted' ''' ' soft \u03a3\u0391\u03a3 caf\u00e9 \U0001f600 3.5 ! ? . , ; ( ) | & < > "
    "@ <br/> &amp; &#39; &#1; www.shop.example \u4f60\u597d end_soft not_soft \x01 \x02 \x1e \x1f \u0130 \u00df \ufb01 "
    "n't DO N\u00b4T lo\u200bve \ufeff \uff33\uff4f \u2764\ufe0fsoft caf e\u0301 \u2026"
).split(" ")
TEXTS = st.lists(st.sampled_from([*PIECES, " ", "  "]) | st.text(max_size=3), max_size=25).map(" ".join)


def cleaned(recipe, documents):
    """What each document's words are, by the numbers of many at once."""
    names, numbers = {}, count()
    number, row = numbering(recipe, Memo(lambda word: names.setdefault(word, next(numbers))))(documents)
    words = {one: word for word, one in names.items()}
    return [[words[one] for one in number[row == position].tolist()] for position in range(len(documents))]


@pytest.mark.parametrize("recipe", RECIPES, ids=repr)
@settings(max_examples=60, deadline=None)
@given(documents=st.lists(TEXTS | st.tuples(TEXTS, TEXTS).map(TITLE_END.join), min_size=16, max_size=24))
def test_many_documents_have_the_words_of_each(recipe, documents):
    assert cleaned(recipe, documents) == [recipe(document) for document in documents]


@pytest.mark.parametrize("documents", [[], ["soft"], [""] * 20, ["'"] * 20, [TITLE_END] * 20, ["caf\u00e9"] * 20])
def test_few_documents_and_empty_ones_do_too(documents):
    recipe = EndingRecipe(markup=True)
    assert cleaned(recipe, documents) == [recipe(document) for document in documents]


def test_a_service_that_meets_new_words_for_months_stays_small(monkeypatch):
    monkeypatch.setattr(word_numbers, "LARGEST", 100)
    recipe = NegationRecipe()
    numbered = numbering(recipe, Memo(len))
    for month in range(20):
        documents = [f"word{month}x{position}" for position in range(20)]
        number, row = numbered(documents)
        assert row.tolist() == np.arange(20).tolist()
        assert number.tolist() == list(map(len, documents))
    assert len(numbered._spellings) < 150
