"""What `score` wrote is judged like a log: the columns it added are read back, and labels where the file has them."""

from __future__ import annotations

import csv

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sentiment.errors import InvalidReviewsError
from sentiment.models.known_words import WordCount
from sentiment.monitoring.scored import read_scored, require_scored
from sentiment.reviews.schema import ARTICLE

HEADER = ["Review Text", "Title", "Recommended IND", "input_row", "probability", "recommended", "model_version"]


def counted(documents):
    return [WordCount(len(document.split()), 1) for document in documents]


def rows(**changed):
    one = {
        "Review Text": 'soft, "warm"\nand [red]',
        "Title": "Good",
        "Recommended IND": "0",
        "input_row": "1",
        "probability": "0.75",
        "recommended": "1",
        "model_version": "3",
        "known_words": "4",
    }
    return [one | changed, one | {"Title": " ", "probability": "0.25", "recommended": "0", "Recommended IND": "1"}]


def write(path, made):
    if path.suffix == ".parquet":
        numbers = {"probability": float, "recommended": int, "known_words": int}
        typed = [{name: numbers.get(name, str)(cell) for name, cell in row.items()} for row in made]
        pq.write_table(pa.Table.from_pylist(typed), path)
        return path
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, made[0])
        writer.writeheader()
        writer.writerows(made)
    return path


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_answers_labels_and_words_are_read(tmp_path, suffix):
    log = read_scored(write(tmp_path / f"scored{suffix}", rows()), ARTICLE, counted)
    first, second = log.predictions
    assert (first.probability, first.recommended, first.version) == (0.75, True, "3")
    assert (first.review, first.title, first.has_title) == ('soft, "warm"\nand [red]', "Good", True)
    assert (first.words, first.known_words, first.characters) == (5, 1, len(first.review))
    assert (second.recommended, second.has_title) == (False, False)
    assert [(one.id, one.recommended) for one in log.feedback] == [(first.id, False), (second.id, True)]
    again = read_scored(tmp_path / f"scored{suffix}", ARTICLE, counted)
    assert [one.id for one in again.predictions] == [first.id, second.id]


@pytest.mark.parametrize(
    ("yes", "no"), [("1.0", "0.0"), ("True", "False"), ("TRUE", "false"), (" 1 ", "0"), ("yes", "no")]
)
def test_verdicts_that_another_tool_rewrote_are_read_as_labels_are(tmp_path, yes, no):
    made = rows()
    made[0]["recommended"], made[1]["recommended"] = yes, no
    file = write(tmp_path / "scored.csv", made)
    assert [one.recommended for one in read_scored(file, ARTICLE, counted).predictions] == [True, False]


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_what_pandas_made_of_a_file_with_missing_cells_is_read_alike(tmp_path, suffix):
    made = [{**row, "recommended": float(row["recommended"]), "model_version": 3.0} for row in rows()]
    path = tmp_path / f"scored{suffix}"
    frame = pd.DataFrame(made)
    frame.to_parquet(path) if suffix == ".parquet" else frame.to_csv(path)
    log = read_scored(path, ARTICLE, counted)
    assert [(one.recommended, one.version) for one in log.predictions] == [(True, "3"), (False, "3")]


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("recommended", "", "rows 1 have no verdict in 'recommended'; 0 or 1, or true and false expected"),
        ("recommended", "nan", "rows 1 have no verdict"),
        ("recommended", "0.97", "rows 1 have no verdict"),
        ("model_version", "", "rows 1 have no version in 'model_version'; the version's number expected"),
        ("model_version", "2.5", "rows 1 have no version"),
        ("model_version", "champion", "rows 1 have no version"),
    ],
)
def test_what_is_no_verdict_or_no_version_is_named_by_its_row(tmp_path, column, cell, said):
    made = rows()
    made[0][column] = cell
    file = write(tmp_path / "scored.csv", made)
    for reading in (lambda: read_scored(file, ARTICLE, counted), lambda: require_scored(file, ARTICLE)):
        with pytest.raises(InvalidReviewsError, match=said):
            reading()


def test_a_file_without_labels_has_none(tmp_path):
    made = [{name: cell for name, cell in row.items() if name != "Recommended IND"} for row in rows()]
    assert read_scored(write(tmp_path / "scored.csv", made), ARTICLE, counted).feedback == []


@pytest.mark.parametrize("cell", ["", "1.5", "nan", "-0.1", "[b]x[/b]"])
def test_what_is_no_probability_is_named_by_its_row(tmp_path, cell):
    file = write(tmp_path / "scored.csv", rows(probability=cell))
    with pytest.raises(InvalidReviewsError, match="rows 1 have no probability"):
        read_scored(file, ARTICLE, counted)


def test_a_file_that_was_not_scored_is_refused(tmp_path):
    made = [{name: row[name] for name in HEADER[:3]} for row in rows()]
    with pytest.raises(InvalidReviewsError, match="probability"):
        read_scored(write(tmp_path / "reviews.csv", made), ARTICLE, counted)
