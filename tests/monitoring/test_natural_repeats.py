"""A shop whose customers repeat each other is compared with rows as they came, so that its quiet windows are quiet."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sentiment.models.pair_scorer import scorer_of
from sentiment.monitoring.drawing import drawn_as_windows, first_batch
from sentiment.monitoring.judge import judge
from sentiment.monitoring.reference import make_reference
from sentiment.monitoring.repeats import Repeats
from sentiment.monitoring.rows import rows_of
from sentiment.reviews.parsing import BATCH
from sentiment.reviews.reading import examples
from sentiment.reviews.splits import split_reviews
from sentiment.service.answers import Answerer
from tests.monitoring.test_judging import config
from tests.service.test_prediction_log import prediction
from tests.trained import candidate

ROWS, WINDOWS, SIZE = 4_000, 25, 500
GOOD = "lovely soft warm flattering gorgeous comfy bright perfect neat elegant".split()
BAD = "itchy thin shoddy faded tight baggy rough cheap scratchy crooked".split()
PLAIN = "the a it is was and with for my this of in fabric dress colour shop sleeve button collar size".split()
SHORT = [*(f"{word} it!" for word in ("Love", "Like", "Adore", "Want", "Recommend")), "Perfect.", "Great fit"]
SHORT_BAD = ["Sent it back.", "Too small", "Do not buy"]


def came(rows, seed):
    """Draw reviews as customers write them: a quarter are of ten short texts, some of them far commoner than others."""
    chance = np.random.default_rng(seed)
    made = []
    for label in (chance.random(rows) < 0.8).astype(int):
        if chance.random() < 0.25:
            texts = SHORT if label else SHORT_BAD
            common = 1 / np.arange(1, len(texts) + 1)
            made.append((str(chance.choice(texts, p=common / common.sum())), "", label))
            continue
        words = chance.choice([*PLAIN, *(GOOD if label == (chance.random() < 0.95) else BAD)], chance.integers(8, 40))
        made.append((" ".join(words), "Title" if chance.random() < 0.7 else "", label))
    frame = pd.DataFrame(made, columns=["review", "title", "recommended"])
    return frame.assign(row=np.arange(1, rows + 1), recommended=frame["recommended"].astype("int64"))


@pytest.fixture(scope="module")
def shop():
    """Its model, how it answers, and what its windows are compared with."""
    reviews = came(ROWS, 0)
    split = split_reviews(reviews, validation_share=0.1, seed=0)
    assert not split.test["review"].duplicated().any()  # the training keeps each text once
    model = candidate("tfidf_linear").fit(examples(split.train), examples(split.validation), 0).model
    return model, Answerer(scorer_of(model)), make_reference("3", model, reviews, split.test, {"accuracy": 0.9})


def judged(shop, frame):
    model, answerer, reference = shop
    answers = answerer.answer(frame["review"].tolist(), frame["title"].tolist())
    made = [
        prediction(
            number,
            probability=answer.probability,
            recommended=answer.recommended,
            characters=len(review),
            words=answer.words,
            known_words=answer.known_words,
            has_title=bool(title),
            review=review,
        )
        for number, (answer, review, title) in enumerate(zip(answers, frame["review"], frame["title"], strict=True))
    ]
    return judge(
        rows_of(made, {}), reference.rows(), config(), threshold=model.threshold, at_registration={"accuracy": 0.9}
    )


def test_quiet_windows_of_a_shop_with_natural_repeats_are_quiet(shop):
    states = [judged(shop, came(SIZE, seed)) for seed in range(1, WINDOWS + 1)]
    assert sum(one.state == "alarm" for one in states) <= 2, [one.reasons for one in states]


@pytest.mark.parametrize("size", [100, 2 * ROWS])
def test_the_share_of_repeats_is_compared_among_as_many_reviews_however_large_the_window_is(shop, size):
    (found,) = (one for one in judged(shop, came(size, 99)).findings if one.name == "share of repeated texts")
    assert found.window == pytest.approx(found.reference, abs=0.08 if size == 100 else 0.02)
    assert not found.raised


def test_a_form_that_is_sent_twice_is_still_told_among_natural_repeats(shop):
    frame = came(SIZE, 50)
    long = frame[frame["review"].str.len() > 40].head(60)
    judgement = judged(shop, pd.concat([frame.iloc[:-60], long]))
    assert "share of repeated texts" in {finding.name for finding in judgement.raised}


def test_rows_are_drawn_in_the_proportions_in_which_they_came(shop):
    reviews = came(ROWS, 0)
    split = split_reviews(reviews, validation_share=0.1, seed=0)
    drawn = drawn_as_windows(reviews, split.test)
    for share in (lambda rows: rows["review"].str.len().lt(20).mean(), lambda rows: rows["recommended"].mean()):
        assert share(drawn) == pytest.approx(share(reviews), abs=0.02)
    once = ~reviews["review"].duplicated(keep=False)
    assert set(drawn["review"]) & set(reviews["review"][once]) <= set(split.test["review"])  # of these it knows none


def test_rows_that_were_split_as_they_came_are_the_test_rows():
    reviews = came(600, 1).drop_duplicates("review", ignore_index=True)
    test = split_reviews(reviews, validation_share=0.1, seed=0).test
    pd.testing.assert_frame_equal(drawn_as_windows(reviews, test), test)


def test_what_was_added_for_training_again_is_drawn_too_and_says_nothing_about_repeats():
    earlier = came(1_000, 2).assign(**{BATCH: ""})
    added = pd.DataFrame(
        {"review": [f"new word zorp {n}" for n in range(200)], "title": "", "recommended": [0, 1] * 100}
    )
    reviews = pd.concat([earlier, added.assign(**{BATCH: "2026"})], ignore_index=True)
    test = split_reviews(reviews, validation_share=0.1, seed=0).test
    drawn = drawn_as_windows(reviews, test)
    assert (drawn[BATCH] == "2026").sum() == 40
    assert len(first_batch(reviews)) == 1_000


def test_repeats_are_those_of_the_same_block():
    found = Repeats.among(["a", "b", "a", "a", "c", "b", "c"])
    assert found == Repeats(7, [(2, 0), (3, 2), (5, 1), (6, 4)])
    assert found.within(7).tolist() == [False, False, True, True, False, True, True]
    assert found.within(3).tolist() == [False, False, True, False, False, False]
    assert not Repeats.among([]).within(1).size
