"""What customers said since joins the rows of before, and no row changes sides by it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import msgspec
import numpy as np
import pandas as pd
import pytest

from sentiment.errors import InputError
from sentiment.monitoring.retraining import gather, require_enough, write_training_file
from sentiment.reviews.parsing import BATCH
from sentiment.reviews.reading import read_reviews
from sentiment.reviews.schema import ARTICLE, Schema
from sentiment.reviews.splits import split_reviews
from sentiment.service.predictions import Feedback, Log
from tests.service.test_prediction_log import NOON, prediction


def reviews(count=200, *, word="dress", repeats=0):
    """Invented reviews, of which the last `repeats` stand there twice."""
    texts = [f"{word} number {number} of many" for number in range(count)]
    texts += texts[count - repeats :]
    chance = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "row": np.arange(1, len(texts) + 1),
            "title": [f"title {number % 7}" if number % 3 else "" for number in range(len(texts))],
            "review": texts,
            "recommended": chance.integers(0, 2, len(texts)),
        }
    )


def answered(number, text="worn once", **changed):
    return msgspec.structs.replace(prediction(number), review=text, title="A title", **changed)


def said(one, value, minutes=5):
    return Feedback(one.id, NOON + timedelta(minutes=minutes), value)


def log_of(count, *, word="coat", first=0):
    made = [answered(first + number, f"{word} {number} was said about") for number in range(count)]
    return Log(made, [said(one, number % 2 == 0) for number, one in enumerate(made)], [])


def test_labelled_reviews_come_behind_the_earlier_rows_in_the_order_of_their_answers():
    rows, gathered = gather(reviews(), log_of(3))
    assert rows["review"].tolist()[200:] == [f"coat {number} was said about" for number in range(3)]
    assert rows["recommended"].tolist()[200:] == [1, 0, 1]
    assert rows["title"].tolist()[200:] == ["A title"] * 3
    assert (gathered.earlier, gathered.added) == (200, 3)
    assert rows[BATCH].nunique() == 2


def test_every_label_is_accounted_for():
    one, both, blank, unkept, there, again, fresh = (answered(number) for number in range(7))
    both = msgspec.structs.replace(both, review="said both")
    blank = msgspec.structs.replace(blank, review="  ")
    unkept = msgspec.structs.replace(unkept, review=None)
    there = msgspec.structs.replace(there, review="dress number 5 of many")
    fresh = msgspec.structs.replace(fresh, review="something else")
    log = Log(
        [one, both, blank, unkept, there, again, fresh],
        [
            *(said(each, True) for each in (one, both, blank, unkept, there, again, fresh)),
            said(both, False),
            Feedback("nobody", NOON, True),
        ],
        [],
    )
    rows, gathered = gather(reviews(), log)
    assert rows["review"].tolist()[200:] == ["worn once", "something else"]
    assert gathered.counts() == {
        "earlier": 200,
        "added": 2,
        "contradicted": 1,
        "without_text": 2,
        "repeated": 2,
        "unknown": 1,
    }
    assert "200 rows of before and 2 labelled since; left out: 1 with labels of the same time" in gathered.sentence()


@pytest.mark.parametrize("repeats", [0, 1, 60])
def test_the_test_rows_of_before_stay_test_rows_and_a_fifth_of_the_new_ones_joins_them(repeats):
    earlier = reviews(repeats=repeats)
    before = split_reviews(earlier, validation_share=0.1, seed=3)
    once, _ = gather(earlier, log_of(100))
    after = split_reviews(once, validation_share=0.1, seed=3)
    new = [text for text in after.test["review"] if text.startswith("coat")]
    assert after.test["review"].tolist() == [*before.test["review"], *new]
    assert len(new) == 20

    log = log_of(50, word="skirt", first=1_000)
    later = [Feedback(one.id, one.time + timedelta(days=9), one.recommended) for one in log.feedback]
    twice, gathered = gather(once, replace(log, feedback=later))
    assert gathered.earlier == len(earlier) + 100
    third = split_reviews(twice, validation_share=0.1, seed=3)
    assert third.test["review"].tolist()[: len(after.test)] == after.test["review"].tolist()
    assert len(third.test) == len(after.test) + 10


def test_a_single_new_review_is_trained_on_and_tests_nothing():
    rows, _ = gather(reviews(), log_of(1))
    parts = split_reviews(rows, validation_share=0.1, seed=0)
    assert len(parts.test) == 40
    assert sum(len(part) for part in parts) == 201


@pytest.mark.parametrize(
    "schema",
    [
        ARTICLE,
        Schema(text="body", title=None, label="stars", department=None, recommended_from=4.0, not_recommended_to=2.0),
        Schema(text="Text", title="Head", label="again", yes_values=("ja",), no_values=("nein",), department=None),
    ],
)
def test_the_file_reads_as_the_rows_that_were_written(tmp_path, schema):
    earlier = reviews().assign(review=lambda rows: rows["review"] + '\r\n"quoted", <b>=1+1</b>')
    if schema.title is None:
        earlier["title"] = ""
    rows, _ = gather(earlier, log_of(40))
    path = write_training_file(rows, schema, tmp_path / "made")
    found = read_reviews(path, schema=schema)
    columns = ["review", "recommended", BATCH] + (["title"] if schema.title else [])
    pd.testing.assert_frame_equal(found[columns], rows[columns], check_dtype=False)
    assert write_training_file(rows, schema, tmp_path / "made") == path
    assert (tmp_path / "made").stat().st_mode & 0o077 == 0
    assert [file.name for file in (tmp_path / "made").iterdir()] == [path.name]


def test_ratings_of_before_are_kept_and_new_reviews_have_none(tmp_path):
    earlier = reviews().assign(rating=pd.array([5] * 199 + [pd.NA], dtype="Int64"))
    rows, _ = gather(earlier, log_of(20))
    found = read_reviews(write_training_file(rows, ARTICLE, tmp_path / "made"))
    assert found["rating"].tolist()[:199] == [5] * 199
    assert found["rating"].isna().sum() == 21


def test_too_little_is_refused_with_what_there_is():
    _, gathered = gather(reviews(), log_of(3))
    require_enough(gathered, 3)
    with pytest.raises(InputError, match=r"3 labelled since; at least 4 labelled since expected"):
        require_enough(gathered, 4)
