"""Rows that are decided one by one, without a Spark: a text is always on the same side, whatever is beside it."""

from __future__ import annotations

import csv
from functools import partial

import numpy as np
import pandas as pd
import pytest

from sentiment.errors import InvalidReviewsError
from sentiment.reviews.reading import read_reviews, with_text
from sentiment.reviews.schema import ARTICLE, Schema
from sentiment.reviews.seen import fingerprints, keys
from sentiment.spark.files import InputName
from sentiment.spark.parts import Found, look_through, require_alike
from sentiment.spark.rows import (
    Given,
    Side,
    Survey,
    asked,
    frame_of,
    known_texts,
    open_reviews,
    require_enough,
    rows_of,
    sampled,
    survey,
)
from tests.trained import SAMPLE


def given_of(*paths, rows_a_part=400, seed=0, read_as=ARTICLE):
    opening = partial(open_reviews, read_as, "utf-8")
    names = [InputName(path=str(path)) for path in paths]
    found = [Found.model_validate_json(look_through(names, opening, rows_a_part, n)) for n in range(len(paths))]
    files = require_alike(paths[0], found, title=read_as.title)
    return Given(files=tuple(files), read_as=read_as, encoding="utf-8", validation_share=0.1, seed=seed)


def all_rows(given, *sides):
    return pd.concat([rows_of(given, number, *sides) for number in range(len(given.parts))], ignore_index=True)


def surveyed(given):
    found = Survey()
    for number in range(len(given.parts)):
        found = found.plus(Survey.model_validate_json(survey(given, number)))
    return found


def test_the_sides_together_are_the_rows_of_the_file_as_one_machine_reads_them():
    given = given_of(SAMPLE)
    expected = with_text(read_reviews(SAMPLE))
    found = pd.concat([all_rows(given, side) for side in Side]).sort_values("row").reset_index(drop=True)
    pd.testing.assert_frame_equal(found.drop(columns="key"), expected)
    assert surveyed(given).with_text == tuple(len(all_rows(given, side)) for side in Side)
    shares = np.array(surveyed(given).with_text) / len(expected)
    assert shares == pytest.approx([0.72, 0.08, 0.2], abs=0.02)


def test_quotes_are_characters_in_every_part_where_the_schema_says_so(tmp_path):
    path, read_as = tmp_path / "shop.tsv", Schema(quoted=False)
    lines = [f'"  soft {n}\t{n % 2}' for n in range(200)]
    path.write_text("\n".join(["Review Text\tRecommended IND", *lines]) + "\n")
    found = all_rows(given_of(path, rows_a_part=60, read_as=read_as), *Side).sort_values("row").reset_index(drop=True)
    expected = with_text(read_reviews(path, schema=read_as))
    assert len(expected) == 200
    pd.testing.assert_frame_equal(found.drop(columns="key"), expected)


@pytest.mark.parametrize("rows_a_part", [1000, 77])
def test_where_files_are_cut_changes_nothing(rows_a_part):
    for side in Side:
        one, other = (all_rows(given_of(SAMPLE, rows_a_part=n), side) for n in (400, rows_a_part))
        pd.testing.assert_frame_equal(one, other)


def test_test_rows_do_not_depend_on_the_seed_and_validation_rows_do():
    one, other = given_of(SAMPLE), given_of(SAMPLE, seed=1)
    assert all_rows(one, Side.TEST).equals(all_rows(other, Side.TEST))
    assert not all_rows(one, Side.VALIDATION).equals(all_rows(other, Side.VALIDATION))


def test_rows_that_repeat_a_text_are_on_one_side_in_every_file(tmp_path):
    again = tmp_path / "again.csv"
    with SAMPLE.open(newline="") as file:
        rows = list(csv.reader(file))
    text = rows[0].index("Review Text")
    changed = [
        [cell.upper() + "  " if place == text else cell for place, cell in enumerate(row)] for row in rows[1:200]
    ]
    with again.open("w", newline="") as file:
        csv.writer(file).writerows([rows[0], *reversed(changed)])
    given = given_of(SAMPLE, again)
    texts = [set(all_rows(given, side)["review"].str.split().str.join(" ").str.casefold()) for side in Side]
    assert not texts[0] & texts[1] and not texts[0] & texts[2] and not texts[1] & texts[2]
    numbers = pd.concat([all_rows(given, side) for side in Side])["row"]
    assert numbers.is_unique and numbers.max() > len(rows)


def test_a_sample_is_a_share_of_each_side_in_order_whatever_the_parts():
    shares = {Side.TRAINING: 0.1, Side.VALIDATION: 1.0, Side.TEST: 0.5}
    frames = []
    for rows_a_part in (400, 150):
        given = given_of(SAMPLE, rows_a_part=rows_a_part)
        frames.append(frame_of([sampled(given, shares, number) for number in range(len(given.parts))]))
    for side in Side:
        pd.testing.assert_frame_equal(frames[0][side], frames[1][side])
        rows = all_rows(given, side).drop(columns="key")
        assert set(frames[0][side]["row"]) <= set(rows["row"])
        assert len(frames[0][side]) == pytest.approx(shares[side] * len(rows), rel=0.25)
        assert frames[0][side]["row"].is_monotonic_increasing


def test_rows_that_are_asked_about_are_no_others_than_by_chance_on_a_side():
    key = keys([f"text {number}" for number in range(20_000)])
    assert asked(key, 0.3).mean() == pytest.approx(0.3, abs=0.02)
    assert not asked(key, 0.0).any() and asked(key, 1.0).all()


def test_hashes_of_texts_are_those_that_the_gate_looks_for():
    given = given_of(SAMPLE)
    parts = [np.frombuffer(known_texts(given, number), dtype=np.uint64) for number in range(len(given.parts))]
    texts = all_rows(given, Side.TRAINING, Side.VALIDATION)["review"]
    assert np.array_equal(np.unique(np.concatenate(parts)), fingerprints(texts))


def test_what_is_wrong_in_any_part_is_told_with_the_file(tmp_path):
    bad = tmp_path / "bad.csv"
    rows = [f"nice soft dress number {n},{n % 2}" for n in range(200)]
    bad.write_text("body,label\n" + "\n".join([*rows, "fine,perhaps", "too,many,cells"]) + "\n")
    given = given_of(bad, rows_a_part=50, read_as=Schema(text="body", label="label", title=None, department=None))
    with pytest.raises(InvalidReviewsError) as error:
        require_enough(given, surveyed(given), str(bad))
    assert "'perhaps' (1 time), in rows 201" in str(error.value)
    assert "row 202 has 3" in str(error.value)
    assert str(bad) in error.value.problems[0]


@pytest.mark.parametrize(
    ("labels", "told"), [(["1"] * 80, "every review has the label 1"), (["1", "0"] * 12, "too few reviews")]
)
def test_rows_that_nothing_can_be_learned_from_are_refused(tmp_path, labels, told):
    path = tmp_path / "few.csv"
    path.write_text("body,label\n" + "".join(f"text {n},{label}\n" for n, label in enumerate(labels)))
    given = given_of(path, read_as=Schema(text="body", label="label", title=None, department=None))
    with pytest.raises(InvalidReviewsError, match=told):
        require_enough(given, surveyed(given), str(path))
