"""The test rows are the article's, and no text is in two parts."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.model_selection import train_test_split

from sentiment.errors import InputError
from sentiment.reviews.reading import read_reviews, with_text
from sentiment.reviews.splits import Split, shared_texts, split_reviews


def reviews(rows: int = 1000, *, recommended: float = 0.8, texts: list[str] | None = None) -> pd.DataFrame:
    """Reviews in file order, of different texts unless others are given."""
    texts = texts or [f"text {n}" for n in range(rows)]
    labels = (np.random.default_rng(1).permutation(len(texts)) < recommended * len(texts)).astype(int)
    return pd.DataFrame({"row": np.arange(1, len(texts) + 1), "review": texts, "recommended": labels})


def rows_of(split: Split) -> list[list[int]]:
    return [part["row"].tolist() for part in split]


def articles_split(frame: pd.DataFrame) -> tuple[list[int], list[int]]:
    rest, test = train_test_split(frame, test_size=0.2, random_state=0)
    return rest["row"].tolist(), test["row"].tolist()


@pytest.mark.parametrize("seed", [0, 1, 99])
@pytest.mark.parametrize("share", [0.05, 0.1, 0.4])
def test_the_test_rows_are_the_articles_whatever_the_seed_and_the_share(seed: int, share: float) -> None:
    frame = reviews()
    _, expected = articles_split(frame)
    assert split_reviews(frame, validation_share=share, seed=seed).test["row"].tolist() == expected


def test_every_row_of_different_texts_is_in_one_part() -> None:
    split = split_reviews(reviews(), validation_share=0.1, seed=0)
    assert sorted(chain.from_iterable(rows_of(split))) == list(range(1, 1001))
    assert [len(part) for part in split] == [720, 80, 200]


def test_a_row_keeps_its_cells_and_gets_an_index_of_its_own() -> None:
    frame = reviews()
    for part in split_reviews(frame, validation_share=0.1, seed=0):
        assert part.index.tolist() == list(range(len(part)))
        assert part.equals(frame.set_index("row", drop=False).loc[part["row"]].reset_index(drop=True))


def test_the_index_of_the_frame_does_not_matter() -> None:
    frame = reviews()
    plain = split_reviews(frame, validation_share=0.1, seed=0)
    assert rows_of(split_reviews(frame.set_index(frame.index + 7), validation_share=0.1, seed=0)) == rows_of(plain)


def test_the_same_seed_gives_the_same_split_and_another_seed_another_validation_part() -> None:
    first = rows_of(split_reviews(reviews(), validation_share=0.1, seed=3))
    assert rows_of(split_reviews(reviews(), validation_share=0.1, seed=3)) == first
    other = rows_of(split_reviews(reviews(), validation_share=0.1, seed=4))
    assert set(other[1]) != set(first[1])
    assert other[2] == first[2]


@pytest.mark.parametrize("recommended", [0.5, 0.8, 0.95])
@pytest.mark.parametrize("seed", range(3))
def test_validation_has_the_share_of_the_rows_it_is_taken_from(recommended: float, seed: int) -> None:
    split = split_reviews(reviews(recommended=recommended), validation_share=0.1, seed=seed)
    both = pd.concat([split.train, split.validation])["recommended"]
    assert abs(split.validation["recommended"].sum() - both.mean() * len(split.validation)) < 1


def test_a_text_of_a_test_row_is_dropped_from_the_other_rows_alone() -> None:
    frame = reviews()
    rest, test = articles_split(frame)
    twinned = frame.set_index("row")
    twinned.loc[rest[:5], "review"] = twinned.loc[test[:5], "review"].to_numpy()
    split = split_reviews(twinned.reset_index(), validation_share=0.1, seed=0)
    assert split.test["row"].tolist() == test
    assert set(rest) - {*split.train["row"], *split.validation["row"]} == set(rest[:5])


def test_a_text_of_a_validation_row_is_dropped_from_the_training_rows_alone() -> None:
    frame = reviews()
    train, validation, test = rows_of(split_reviews(frame, validation_share=0.1, seed=0))
    twinned = frame.set_index("row")
    twinned.loc[train[:5], "review"] = twinned.loc[validation[:5], "review"].to_numpy()
    assert rows_of(split_reviews(twinned.reset_index(), validation_share=0.1, seed=0)) == [train[5:], validation, test]


def test_a_text_twice_in_one_part_stays_twice() -> None:
    frame = reviews()
    parts = rows_of(split_reviews(frame, validation_share=0.1, seed=0))
    twinned = frame.set_index("row")
    for part in parts:
        twinned.loc[part[1], "review"] = twinned.loc[part[0], "review"]
    assert rows_of(split_reviews(twinned.reset_index(), validation_share=0.1, seed=0)) == parts


@settings(max_examples=40, deadline=None)
@given(repeated=st.lists(st.integers(0, 99), max_size=60), seed=st.integers(0, 99))
def test_no_text_and_no_row_is_ever_in_two_parts(repeated: list[int], seed: int) -> None:
    texts = [f"text {n}" for n in np.random.default_rng(seed).permutation([*range(100), *repeated])]
    split = split_reviews(reviews(texts=texts, recommended=0.5), validation_share=0.2, seed=seed)
    for column in ("review", "row"):
        train, validation, test = (set(part[column]) for part in split)
        assert not train & validation and not train & test and not validation & test
    assert {*split.train["review"], *split.validation["review"], *split.test["review"]} == set(texts)


def test_shared_texts_are_counted_in_rows_of_the_first() -> None:
    one, other = reviews(texts=["a", "a", "b"]), reviews(texts=["a", "c"])
    assert (shared_texts(one, other), shared_texts(other, one)) == (2, 1)
    assert shared_texts(one, reviews(texts=["c"])) == 0


def test_rows_of_one_class_are_refused() -> None:
    with pytest.raises(InputError, match="that are not test rows have 0 reviews that do not recommend and 80 that do"):
        split_reviews(reviews(100, recommended=1), validation_share=0.1, seed=0)


def test_test_rows_of_one_class_are_refused() -> None:
    frame = reviews(100)
    _, test = articles_split(frame)
    frame["recommended"] = frame["row"].isin(test).astype(int) | frame["row"] % 2
    with pytest.raises(InputError, match="the test rows have 0 reviews that do not recommend and 20 that do") as caught:
        split_reviews(frame, validation_share=0.1, seed=0)
    assert caught.value.exit_code == 2


def test_a_class_too_rare_for_the_validation_rows_is_refused() -> None:
    with pytest.raises(InputError, match="the validation rows have 0 reviews that do not recommend"):
        split_reviews(reviews(1000, recommended=0.996), validation_share=0.05, seed=0)


@pytest.mark.parametrize("share", [0.011, 0.025])
def test_a_share_too_small_for_a_row_of_each_class_is_refused(share: float) -> None:
    message = f"validation_share {share:g} parts 40 reviews into 39 for training and 1 for validation; at least 2 each"
    with pytest.raises(InputError, match=message):
        split_reviews(reviews(50, recommended=0.5), validation_share=share, seed=0)


def test_so_many_repeated_texts_that_too_few_rows_are_left_are_refused() -> None:
    frame = reviews(100)
    rest, _ = articles_split(frame)
    kept = rest[:6]
    frame["review"] = [f"text {row}" if row in kept else "the same" for row in frame["row"]]
    frame["recommended"] = frame["row"].isin(kept[:3]).astype(int) | ~frame["row"].isin(kept) & frame["row"] % 2
    with pytest.raises(InputError, match="parts 5 reviews into 4 for training and 1 for validation"):
        split_reviews(frame, validation_share=0.1, seed=0)


@pytest.mark.real_data
def test_of_the_articles_file_its_own_4529_rows_are_scored_and_no_text_of_theirs_is_trained_on(real_csv: Path) -> None:
    frame = with_text(read_reviews(real_csv))
    rest, test = articles_split(frame)
    split = split_reviews(frame, validation_share=0.1, seed=0)
    assert split.test["row"].tolist() == test
    assert len(test) == 4529
    assert shared_texts(frame[frame["row"].isin(rest)], split.test) == 1  # which the article trained on
    assert shared_texts(split.train, split.test) == shared_texts(split.validation, split.test) == 0
    assert shared_texts(split.train, split.validation) == 0
