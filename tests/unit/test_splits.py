"""The test rows are always the article's, and no text is on two sides."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import train_test_split

from sentiment.errors import InputError
from sentiment.splits import shared_texts, split_reviews


def reviews(count=500, *, recommend=0.8, text=lambda n: f"review {n}"):
    labels = (np.arange(count) % 10 < 10 * recommend).astype(int)
    return pd.DataFrame(
        {"row": np.arange(1, count + 1), "review": [text(n) for n in range(count)], "recommended": labels}
    )


@pytest.mark.parametrize("seed", [0, 7])
@pytest.mark.parametrize("share", [0.1, 0.3])
def test_the_test_rows_are_the_articles_whatever_the_seed_and_share(seed, share):
    frame = reviews()
    _, expected = train_test_split(frame, test_size=0.2, random_state=0)
    test = split_reviews(frame, validation_share=share, seed=seed).test
    assert test["row"].tolist() == expected["row"].tolist()


def test_every_row_is_in_one_part_and_labels_are_stratified():
    frame = reviews()
    parts = split_reviews(frame, validation_share=0.25, seed=3)
    assert sorted(np.concatenate([part["row"] for part in parts])) == frame["row"].tolist()
    assert len(parts.validation) == 100
    assert parts.validation["recommended"].mean() == pytest.approx(parts.train["recommended"].mean(), abs=0.02)


def test_the_same_seed_gives_the_same_split_and_another_another():
    first, again, other = (split_reviews(reviews(), validation_share=0.1, seed=seed) for seed in (1, 1, 2))
    assert first.validation.equals(again.validation)
    assert not first.validation.equals(other.validation)


def test_a_text_in_two_parts_stays_in_the_later_one():
    frame = reviews(text=lambda n: f"review {n % 100}")
    parts = split_reviews(frame, validation_share=0.1, seed=0)
    _, expected = train_test_split(frame, test_size=0.2, random_state=0)
    assert len(parts.test) == len(expected)
    assert shared_texts(parts.test, parts.train) == shared_texts(parts.test, parts.validation) == 0
    assert shared_texts(parts.validation, parts.train) == 0


def test_shared_texts_counts_the_rows_of_the_first():
    one, other = pd.DataFrame({"review": ["a", "a", "b"]}), pd.DataFrame({"review": ["a", "c"]})
    assert shared_texts(one, other) == 2
    assert shared_texts(other, one) == 1


def test_too_few_of_a_class_are_refused_with_what_was_found():
    frame = reviews(60)
    frame["recommended"] = [0, *[1] * 59]
    with pytest.raises(InputError, match=r"have \d+ reviews that do not recommend and \d+ that do"):
        split_reviews(frame, validation_share=0.1, seed=0)
