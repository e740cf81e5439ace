"""What a served model answers, and what it refuses to answer."""

from __future__ import annotations

import pandas as pd
import pytest

from sentiment.errors import InputError
from sentiment.models.pair_scorer import scorer_of
from sentiment.service.answers import unscorable
from sentiment.service.contract import Reader


@pytest.fixture(scope="module")
def reader(fitted):
    return Reader(scorer_of(fitted["tfidf_linear"].model))


def test_one_review_and_many_are_answered_alike(reader, fitted):
    reviews = pd.DataFrame({"review": ["soft and flattering", "itchy"], "title": ["Love it", None]})
    together = reader.answer(reviews)
    alone = [reader.answer(reviews.iloc[[row]])["probability"][0] for row in (0, 1)]
    assert alone == pytest.approx(together["probability"], abs=1e-12)
    assert together["recommended"] == [p >= fitted["tfidf_linear"].model.threshold for p in together["probability"]]


def test_words_are_named_when_they_are_asked_for(reader):
    review = pd.DataFrame({"review": ["soft and flattering"]})
    assert "words" not in reader.answer(review)
    (words,) = reader.answer(review, words=2)["words"]
    assert len(words) == 2
    assert abs(words[0][1]) >= abs(words[1][1])


def test_an_answer_says_how_many_words_the_model_knew(reader):
    answers = reader.answer(pd.DataFrame({"review": ["soft, flattering zxqv", "zxqv qwop", "柔らかい 生地"]}))
    assert answers["known_words"] == [2, 0, 0]
    assert answers["probability"][1] == pytest.approx(answers["probability"][2])


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA])
def test_a_missing_title_is_an_empty_one(reader, missing):
    titled = pd.DataFrame({"review": ["soft"], "title": pd.Series([missing], dtype=object)})
    assert reader.answer(titled) == reader.answer(pd.DataFrame({"review": ["soft"]}))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "row 1: review is nothing; text expected"),
        (3, "row 1: review is int; text expected"),
        (["a"], "row 1: review is list; text expected"),
        ("", "row 1: the review has no text"),
        (" \u00a0\n", "row 1: the review has no text"),
        ("x" * 100_001, "row 1: a text has over 100,000 characters"),
    ],
)
def test_what_is_no_review_is_named_by_its_row(reader, value, said):
    with pytest.raises(InputError, match=said):
        reader.answer(pd.DataFrame({"review": pd.Series(["fine", value], dtype=object)}))


def test_many_bad_rows_are_counted(reader):
    with pytest.raises(InputError, match=r"row 4: .* and 3 more"):
        reader.answer(pd.DataFrame({"review": [""] * 8}))


def test_texts_at_the_limit_are_scorable():
    assert unscorable("x" * 100_000) is None
    assert unscorable("x", "t" * 100_001) == "a text has over 100,000 characters"
