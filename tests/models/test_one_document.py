"""One document at a time gives what scikit-learn gives for many."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sentiment.models.known_words import word_counter
from sentiment.models.one_document import single_scorer
from sentiment.reviews.reading import documents


@pytest.fixture(scope="module", params=["tfidf_linear", "linear_blend"])
def linear(fitted, request):
    return fitted[request.param].model


def test_every_test_row_has_the_same_probability(linear, split):
    texts = documents(split.test)
    score = single_scorer(linear)
    assert [score(text).probability for text in texts] == pytest.approx(linear.predict_proba(texts).tolist(), abs=1e-12)


def test_it_counts_the_words_as_for_many(linear, split):
    texts = documents(split.test)
    score = single_scorer(linear)
    assert [score(text).words for text in texts] == word_counter(linear)(texts)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=200))
def test_any_text_has_the_same_probability(linear, text):
    assert single_scorer(linear)(text).probability == pytest.approx(linear.predict_proba([text])[0], abs=1e-12)


@pytest.mark.parametrize("other", ["bag_of_words", "tfidf_bayes", "embedding_average", "char_linear"])
def test_other_families_are_left_to_their_libraries(fitted, other):
    assert single_scorer(fitted[other].model) is None
