"""Files read in parts, without a Spark: wherever they are cut, the same rows come out."""

from __future__ import annotations

import csv
import gzip
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sentiment.errors import InputError, InvalidReviewsError
from sentiment.reviews.source import opened
from sentiment.spark.files import InputName, input_files
from sentiment.spark.parts import Found, look_here, look_through, parts_of, require_alike

HEADER = ["Title", "Review Text"]
ROWS = [["" if n % 3 else f"T {n}", f'soft,\n"number" {n}' if n % 2 else f"ünï {n}"] for n in range(23)]


@contextmanager
def opening(path):
    with opened(path) as source:
        yield source


def write_csv(path):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *ROWS])


def write_broken_csv(path):
    write_csv(path)
    with path.open("a", encoding="utf-8") as file:
        file.write('one field\n"never closed,x\nlast,row\n')


def write_gzip(path):
    write_csv(path.with_suffix(".plain"))
    path.write_bytes(gzip.compress(path.with_suffix(".plain").read_bytes()))


def write_utf16(path):
    write_csv(path.with_suffix(".plain"))
    path.write_text(path.with_suffix(".plain").read_text(encoding="utf-8"), encoding="utf-8-sig")


def write_parquet(path):
    columns = {name: [row[place] for row in ROWS] for place, name in enumerate(HEADER)}
    pq.write_table(pa.table(columns), path, row_group_size=5)


def rows_of(path, rows_a_part):
    found = Found.model_validate_json(look_through([InputName(path=str(path))], opening, rows_a_part, 0))
    assert found.file is not None, found.problem
    rows = []
    for part in parts_of([found.file]):
        with found.file.opened(opening) as source, source.rows(part.start) as read:
            taken = [row for _, row in zip(range(part.rows), read, strict=False)]
        assert len(taken) == part.rows
        rows += taken
    return rows, found.file


@pytest.mark.parametrize("write", [write_csv, write_broken_csv, write_gzip, write_utf16, write_parquet])
@pytest.mark.parametrize("rows_a_part", [1, 4, 23, 1000])
def test_parts_have_the_rows_of_the_file_once_and_in_order(tmp_path, write, rows_a_part):
    path = tmp_path / "reviews"
    write(path)
    with opened(path) as source, source.rows() as read:
        expected = list(read)
    rows, file = rows_of(path, rows_a_part)
    assert rows == expected
    assert file.rows == len(expected)
    whole = 1 if file.is_packed else -(-len(expected) // rows_a_part)
    assert len(parts_of([file])) == whole


def test_a_file_without_rows_has_a_part_of_none(tmp_path):
    path = tmp_path / "reviews.csv"
    path.write_text("Title,Review Text\n")
    rows, file = rows_of(path, 10)
    assert rows == []
    assert [part.rows for part in parts_of([file])] == [0]


def named_by(path):
    return [Path(file.path) for file in input_files(path)]


def test_a_folder_is_its_files_without_those_that_are_hidden(tmp_path):
    for name in ("b.csv", "a/c.csv", "_SUCCESS", ".part.crc", "_temporary/d.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert named_by(tmp_path) == [tmp_path / "a" / "c.csv", tmp_path / "b.csv"]
    assert named_by(tmp_path / "*.csv") == [tmp_path / "b.csv"]


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(tmp_path):
    named = tmp_path / "a[1].csv"
    named.touch()
    assert named_by(named) == [named]


@pytest.mark.parametrize("named", ["nothing-*.csv", "empty"])
def test_no_file_is_an_error(tmp_path, named):
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="files of reviews expected"):
        input_files(tmp_path / named)


def test_files_with_other_columns_and_unreadable_ones_are_all_named(tmp_path):
    texts = {"a": "Title,Review Text\n,x\n", "b": "Review Text,size\nx,\n", "c": "no columns\n", "d": "<html>"}
    paths = []
    for name, text in texts.items():
        paths.append(InputName(path=str(tmp_path / f"{name}.csv")))
        paths[-1].here().write_text(text)

    @contextmanager
    def checked(path):
        with opened(path, expected=["Review Text"]) as source:
            yield source

    found = [Found.model_validate_json(look_through(paths, checked, 10, number)) for number in range(4)]
    with pytest.raises(InvalidReviewsError) as error:
        require_alike(tmp_path, found, title="Title")
    assert [name for name in "abcd" if f"{name}.csv" in str(error.value.problems)] == ["a", "b", "c", "d"]
    assert len(error.value.problems) == 3
    assert "Title, Review Text expected" in str(error.value)
    with pytest.raises(InvalidReviewsError) as before:
        look_here(tmp_path, paths, checked, title="Title")
    assert set(before.value.problems) == set(error.value.problems)


def alike(folder, texts):
    """The files that are read of these, and whether looking at them here comes to the same."""
    paths = []
    for name, text in texts.items():
        paths.append(InputName(path=str(folder / name)))
        paths[-1].here().write_text(text)

    @contextmanager
    def checked(path):
        with opened(path, expected=["Review Text"]) as source:
            yield source

    look_here(folder, paths, checked, title="Title")
    found = [Found.model_validate_json(look_through(paths, checked, 10, number)) for number in range(len(paths))]
    return require_alike(folder, found, title="Title")


def test_empty_part_files_are_passed_over(tmp_path):
    files = alike(
        tmp_path, {"a.csv": "", "b.csv": "Title,Review Text\n,x\n", "c.csv": "\n", "d.csv": "Title,Review Text\n"}
    )
    assert [Path(file.path).name for file in files] == ["b.csv", "d.csv"]


def test_nothing_but_empty_files_is_an_error(tmp_path):
    with pytest.raises(InvalidReviewsError, match="the file is empty, or each of them is"):
        alike(tmp_path, {"a.csv": "", "b.csv": ""})


@pytest.mark.parametrize(
    ("first", "second", "columns", "laid_out"),
    [
        ("Title,Review Text\na,x\n", "Review Text,Title\ny,b\n", ["Title", "Review Text"], ["b", "y"]),
        ("Review Text\nx\n", "Title,Review Text\nb,y\n", ["Review Text", "Title"], ["y", "b"]),
        ("Title,Review Text\na,x\n", "Review Text\ny\n", ["Title", "Review Text"], ["", "y"]),
        (
            '{"Title": "a", "Review Text": "x", "size": 1}\n',
            '{"Review Text": "y", "Title": "b"}\n',
            ["Title", "Review Text", "size"],
            ["b", "y", ""],
        ),
    ],
)
def test_columns_are_matched_by_name(tmp_path, first, second, columns, laid_out):
    files = alike(tmp_path, {"a": first, "b": second})
    assert [file.columns for file in files] == [columns, columns]
    with opened(tmp_path / "b") as source, source.rows() as rows:
        assert files[1].in_order([cells for cells, *_ in rows]) == [laid_out]


def test_two_columns_of_one_name_are_told_apart_by_their_order_alone(tmp_path):
    with pytest.raises(InvalidReviewsError, match="has the columns"):
        alike(tmp_path, {"a": "Review Text,,\nx,1,2\n", "b": ",Review Text,\n1,x,2\n"})
