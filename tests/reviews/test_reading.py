"""Reading is strict: every problem of a file is found, and each says what, where and what was expected."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sentiment.errors import InputError, InvalidReviewsError
from sentiment.models.digests import sha256_of
from sentiment.reviews.csv_structure import LONGEST_CELL
from sentiment.reviews.reading import Department, check_data, documents, examples, read, read_reviews, with_text

HEADER = ["Review Text", "Recommended IND", "Age"]
BOM = b"\xef\xbb\xbf"
AS_CHARACTERS = "; where quotes are characters like any other, `quoted: false` in a --schema says so"


def table(header: list[str] | None = None, rows: int = 60, **changed: list[str]) -> str:
    """Make a CSV of valid rows; `row_4=[...]` puts other cells in row 4."""
    lines = [header or HEADER]
    lines += [changed.get(f"row_{n}", [f"text {n}", str(n % 2), "30"]) for n in range(1, rows + 1)]
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(lines)
    return buffer.getvalue()


def stored(folder: Path, content: str | bytes) -> Path:
    path = folder / "reviews.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def problems_of(path: Path, **options: str) -> tuple[str, ...]:
    with pytest.raises(InvalidReviewsError) as caught:
        read_reviews(path, **options)
    return caught.value.problems


def test_every_cell_comes_back_under_its_name_with_its_row(tmp_path: Path) -> None:
    header = [
        "",
        "Clothing ID",
        "Age",
        "Title",
        "Review Text",
        "Rating",
        "Recommended IND",
        "Positive Feedback Count",
        "Division Name",
        "Department Name",
        "Class Name",
        "Unknown",
    ]
    cells = ["0", "767", "33", "Great", "I love it", "5", "1", "7", "General", "Tops", "Knits", "ignored"]
    other = ["1", "768", "34", "", "I do not", "1", "0", "", "General", "Tops", "Knits", ""]
    others = (
        [*cells[:4], f"I love it {n}", *cells[5:]] if n % 2 else [*other[:4], f"I do not {n}", *other[5:]]
        for n in range(3, 61)
    )
    changed = {f"row_{n}": row for n, row in enumerate([cells, other, *others], 1)}
    frame = read_reviews(stored(tmp_path, table(header, **changed)))
    assert frame.loc[0].to_dict() == {
        "row": 1,
        "title": "Great",
        "review": "I love it",
        "division": "General",
        "department": "Tops",
        "class_name": "Knits",
        "clothing_id": 767,
        "age": 33,
        "rating": 5,
        "positive_feedback_count": 7,
        "recommended": 1,
    }
    assert frame["row"].tolist() == list(range(1, 61))
    assert frame["recommended"].tolist() == [1, 0] * 30
    assert frame.loc[1, "title"] == ""
    assert frame["positive_feedback_count"].isna().tolist() == [False, True] * 30


def test_without_a_title_column_titles_are_empty(tmp_path: Path) -> None:
    assert set(read_reviews(stored(tmp_path, table()))["title"]) == {""}


@pytest.mark.parametrize("text", ["NA", "null", "None", "nan", "", "1", "true", " padded "])
def test_a_text_stays_the_text_that_was_written(tmp_path: Path, text: str) -> None:
    assert read_reviews(stored(tmp_path, table(row_4=[text, "1", ""])))["review"][3] == text


@pytest.mark.parametrize(
    "text", ["two\nlines", "two\r\nlines", 'a "quoted" word', "a, comma", "semi;colon\ttab", "é✓😀"]
)
def test_what_is_quoted_in_a_cell_is_kept(tmp_path: Path, text: str) -> None:
    frame = read_reviews(stored(tmp_path, table(row_4=[text, "1", "30"])))
    assert frame["review"][3] == text
    assert len(frame) == 60


@pytest.mark.parametrize("ending", ["\r\n", "\r", "\n"])
def test_every_line_ending_is_read(tmp_path: Path, ending: str) -> None:
    frame = read_reviews(stored(tmp_path, table().replace("\n", ending)))
    assert frame["review"].tolist() == [f"text {n}" for n in range(1, 61)]
    assert frame["age"].eq(30).all()


def test_blank_lines_are_no_rows(tmp_path: Path) -> None:
    frame = read_reviews(stored(tmp_path, table().replace("text 3,", "\n\ntext 3,") + "\n\n"))
    assert frame["row"].tolist() == list(range(1, 61))


@pytest.mark.parametrize("encoding", ["utf-8", "UTF-8", "utf_8", "utf8", "utf-8-sig"])
def test_a_byte_order_mark_is_passed_over(tmp_path: Path, encoding: str) -> None:
    frame = read_reviews(stored(tmp_path, BOM + table().encode()), encoding=encoding)
    assert frame["review"][0] == "text 1"


def test_a_cell_of_the_greatest_length_is_read(tmp_path: Path) -> None:
    frame = read_reviews(stored(tmp_path, table(row_4=["x" * LONGEST_CELL, "1", "30"])))
    assert len(frame["review"][3]) == LONGEST_CELL


def test_reading_leaves_the_csv_module_as_it_was(tmp_path: Path) -> None:
    before = csv.field_size_limit()
    read_reviews(stored(tmp_path, table(row_4=["x" * LONGEST_CELL, "1", "30"])))
    problems_of(stored(tmp_path, table(row_4=["x" * 2 * LONGEST_CELL, "1", "30"])))
    assert csv.field_size_limit() == before


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(
            st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30),
            st.sampled_from("01"),
            st.one_of(st.just(""), st.integers(0, 120).map(str)),
        ),
        max_size=20,
    ),
)
def test_any_valid_rows_read_back_the_same(tmp_path: Path, rows: list[tuple[str, str, str]]) -> None:
    rows = rows + [(f"text {n}", str(n % 2), "30") for n in range(60)]
    path = tmp_path / "reviews.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *rows])
    frame = read_reviews(path)
    assert frame["review"].tolist() == [text for text, _, _ in rows]
    assert frame["recommended"].tolist() == [int(label) for _, label, _ in rows]
    assert [("" if pd.isna(age) else str(age)) for age in frame["age"]] == [age for _, _, age in rows]
    assert frame["row"].tolist() == list(range(1, len(rows) + 1))


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param("", "the file is empty; a header and rows of reviews expected", id="empty"),
        pytest.param(" \r\n\n", "the file is empty; a header and rows of reviews expected", id="blank"),
        pytest.param(BOM, "the file is empty; a header and rows of reviews expected", id="byte-order mark only"),
        pytest.param(table(rows=0), "there are no rows below the header; reviews expected", id="header only"),
        pytest.param(
            table(["Text", "Recommended IND", "Age"]),
            "no column 'Review Text' in the header; found: 'Text', 'Recommended IND', 'Age'",
            id="one column missing",
        ),
        pytest.param(
            "id,stars\n1,5\n",
            "no column 'Review Text' or 'Recommended IND' in the header; found: 'id', 'stars'",
            id="both columns missing",
        ),
        pytest.param(
            table(["Review Text", *(f"c{number}" for number in range(2000))]),
            "no column 'Recommended IND' in the header; found: 'Review Text', 'c0', 'c1', 'c2', 'c3', 'c4', 'c5', "
            "'c6', 'c7', 'c8', 'c9', 'c10', 'c11', 'c12', 'c13', 'c14', 'c15', 'c16', 'c17', 'c18' and 1,981 more",
            id="more columns than can be named",
        ),
        pytest.param(
            table(["Review Text", "Recommended IND", "Review Text"]),
            "the header has columns more than once: 'Review Text'; each name once expected",
            id="duplicate header",
        ),
        pytest.param(
            table(row_2=["a", "maybe", ""], row_4=["b", "maybe", ""], row_9=["c", "1.5", ""], row_11=["d", "", ""]),
            "4 rows have unknown labels in 'Recommended IND': 'maybe' (2 times), '1.5' (1 time), '' (1 time), "
            "in rows 2, 4, 9, 11; 0 or 1 expected, or true and false, or yes and no; other words are named by "
            "yes_values and no_values in a --schema, and stars by --recommended-from and --not-recommended-to; "
            "cells whose rows are to be left out are named by neither_values in a --schema",
            id="unknown labels",
        ),
        pytest.param(
            table(**{f"row_{n}": ["a", "2", ""] for n in range(1, 8)}),
            "7 rows have unknown labels in 'Recommended IND': '2' (7 times), in rows 1, 2, 3, 4, 5 and 2 more; "
            "0 or 1 expected, or true and false, or yes and no; other words are named by "
            "yes_values and no_values in a --schema, and stars by --recommended-from and --not-recommended-to; "
            "cells whose rows are to be left out are named by neither_values in a --schema",
            id="many unknown labels",
        ),
        pytest.param(
            table(**{f"row_{n}": ["  ", str(n % 2), "3"] for n in range(1, 61)}),
            "no row has text in 'Review Text'; reviews expected",
            id="no text",
        ),
        pytest.param(
            table().replace(",0,", ",1,"), "every review has the label 1; both 0 and 1 expected", id="all recommend"
        ),
        pytest.param(
            table().replace(",1,", ",0,"), "every review has the label 0; both 0 and 1 expected", id="none recommends"
        ),
        pytest.param(
            table(rows=49),
            "too few reviews to train and test on: 24 with label 0 and 25 with label 1 found; "
            "at least 50 in all and 10 of each expected",
            id="too few rows",
        ),
        pytest.param(
            table(**{f"row_{n}": ["text", "1", ""] for n in range(19, 61)}),
            "too few reviews to train and test on: 9 with label 0 and 51 with label 1 found; "
            "at least 50 in all and 10 of each expected",
            id="too few of a class",
        ),
        pytest.param(
            table(row_4=["a", "1"], row_7=["unquoted", " comma", "1", "3"]),
            "2 rows have a wrong number of fields: row 4 has 2, row 7 has 4; 3 expected",
            id="fields",
        ),
        pytest.param(
            table(row_4=["x" * 100_001, "1", "3"]),
            "cells are too long: row 4 in line 5; at most 100000 characters expected",
            id="long cell",
        ),
        pytest.param(
            table().replace("text 4,", "te\0xt\0 4,"),
            "line 5: a NUL byte (1 row with such); text expected, so the file is damaged or binary",
            id="NUL",
        ),
        pytest.param(
            table().replace("text 4,", '"text 4,'),
            "line 5: a quote is opened and not closed; it must be closed, and doubled inside" + AS_CHARACTERS,
            id="quote unclosed to the end",
        ),
        pytest.param(
            table().replace("text 4,", '"text 4,').replace("text 6,", '"text 6",'),
            "line 5: a quote is opened and not closed; it must be closed, and doubled inside" + AS_CHARACTERS,
            id="quote closed too late",
        ),
        pytest.param(
            '"' + table(),
            "lines 1 to 61: a quote is opened and not closed; it must be closed, and doubled inside; a header expected",
            id="quote unclosed in the header",
        ),
        pytest.param(
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
            "the file is a PNG picture; CSV, JSON lines or Parquet expected, as it is or packed by gzip or zip",
            id="PNG",
        ),
        pytest.param(
            "\n<!DOCTYPE html>\n<html><body>Review Text,Recommended IND</body></html>",
            "the file is an HTML or XML page; CSV, JSON lines or Parquet expected, as it is or packed by gzip or zip. "
            "Was a download page saved?",
            id="HTML",
        ),
        pytest.param(
            table(row_4=["café", "1", "3"]).encode("latin-1"),
            f"at byte {table(row_4=['café', '1', '3']).index('é')}: not valid utf-8; save the file as UTF-8, "
            "or name its encoding with --encoding",
            id="Latin-1",
        ),
        pytest.param(
            table().encode("utf-16"),
            "the file begins with the byte-order mark of UTF-16; --encoding utf-16 reads it",
            id="UTF-16",
        ),
    ],
)
def test_a_problem_says_what_was_found_and_where_and_what_was_expected(
    tmp_path: Path, content: str | bytes, problem: str
) -> None:
    assert problems_of(stored(tmp_path, content)) == (problem,)


@pytest.mark.parametrize(
    "number", ["x", "NA", "nan", "inf", "-inf", "3.7", "1e30", "9007199254740993", "1_000", "True", "0x10"]
)
def test_a_number_that_is_not_whole_is_a_problem(tmp_path: Path, number: str) -> None:
    path = stored(tmp_path, table(row_4=["text", "1", number], row_6=["text", "1", "y"]))
    assert problems_of(path) == (
        f"2 cells of 'Age' are not numbers: '{number}' in row 4, 'y' in row 6; whole numbers expected",
    )


@pytest.mark.parametrize(("number", "value"), [("33", 33), (" 33 ", 33), ("33.0", 33), ("0", 0), ("-3", -3)])
def test_a_whole_number_is_read(tmp_path: Path, number: str, value: int) -> None:
    assert read_reviews(stored(tmp_path, table(row_4=["text", "1", number])))["age"][3] == value


def test_all_problems_of_a_file_are_reported_together(tmp_path: Path) -> None:
    path = stored(
        tmp_path,
        table(
            row_2=["a", "1"],
            row_4=["a", "maybe", "3"],
            row_6=["x" * 100_001, "1", "3"],
            row_8=["a", "1", "old"],
        ),
    )
    assert problems_of(path) == (
        "1 row has a wrong number of fields: row 2 has 2; 3 expected",
        "cells are too long: row 6 in line 7; at most 100000 characters expected",
        "1 row has unknown labels in 'Recommended IND': 'maybe' (1 time), in rows 4; 0 or 1 expected, "
        "or true and false, or yes and no; other words are named by yes_values and no_values in a --schema, "
        "and stars by --recommended-from and --not-recommended-to; "
        "cells whose rows are to be left out are named by neither_values in a --schema",
        "1 cells of 'Age' are not numbers: 'old' in row 8; whole numbers expected",
    )


@pytest.mark.parametrize("label", ["", " \t", "\u00a0"])
def test_a_row_of_nothing_says_neither_and_is_left_out(tmp_path: Path, label: str) -> None:
    found = read(stored(tmp_path, table(row_7=[" ", label, ""])))
    assert found.left_out == 1
    assert 7 not in found.reviews["row"].tolist()
    assert len(found.reviews) == 59


@pytest.mark.parametrize(
    "first", ["4.5,so soft", "1,a dress that is softer and longer than any other I had before this summer"]
)
def test_a_file_without_a_header_is_told_so(tmp_path: Path, first: str) -> None:
    assert problems_of(stored(tmp_path, f"{first}\n{first}\n"))[1] == (
        "the first line reads as a row, not as names of columns; a header expected above it"
    )


def test_both_problems_of_a_header_are_reported_together(tmp_path: Path) -> None:
    assert problems_of(stored(tmp_path, "Title,Title,Review Text\na,b,c\n")) == (
        "the header has columns more than once: 'Title'; each name once expected",
        "no column 'Recommended IND' in the header; found: 'Title', 'Title', 'Review Text'",
    )


def test_rows_that_all_have_a_wrong_number_of_fields_leave_nothing_to_check(tmp_path: Path) -> None:
    assert problems_of(stored(tmp_path, "Review Text,Recommended IND\ngood\n")) == (
        "1 row has a wrong number of fields: row 1 has 1; 2 expected",
        "no row is left to check",
    )


def test_the_message_names_the_file_and_lists_its_problems_and_the_exit_code_is_2(tmp_path: Path) -> None:
    path = stored(tmp_path, table(row_2=["a", "1"], row_4=["a", "maybe", "3"]))
    with pytest.raises(InvalidReviewsError) as caught:
        read_reviews(path)
    first, *listed = str(caught.value).splitlines()
    assert first == f"{path}: 2 problems found"
    assert listed == [f"  - {problem}" for problem in caught.value.problems]
    assert caught.value.exit_code == 2


def test_another_encoding_can_be_named(tmp_path: Path) -> None:
    content = table(row_4=["café", "1", "3"])
    assert read_reviews(stored(tmp_path, content.encode("latin-1")), encoding="latin-1")["review"][3] == "café"
    assert read_reviews(stored(tmp_path, content.encode("utf-16")), encoding="utf-16")["review"][3] == "café"


@pytest.mark.parametrize("encoding", ["klingon", "hex"])
def test_an_unknown_encoding_is_refused(tmp_path: Path, encoding: str) -> None:
    with pytest.raises(InputError, match=f"encoding '{encoding}' is not known; utf-8, latin-1 or cp1252") as caught:
        read_reviews(stored(tmp_path, table()), encoding=encoding)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("none.csv", "does not exist; the path of a file of reviews expected"),
        ("folder", "is a folder; the path of a file of reviews expected"),
        ("file/reviews.csv", "cannot be read: Not a directory"),
    ],
)
def test_a_path_that_is_no_file_is_an_input_error(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=re.escape(f"{tmp_path / name} {message}")) as caught:
        read_reviews(tmp_path / name)
    assert caught.value.exit_code == 2


def frame(reviews: list[str], labels: list[int], **columns: list[str]) -> pd.DataFrame:
    titles = columns.pop("title", [""] * len(reviews))
    return pd.DataFrame({"title": titles, "review": reviews, "recommended": labels, **columns})


def test_the_facts_about_a_file_count_the_rows_with_text() -> None:
    facts = check_data(
        frame(
            ["one", "one two", " ", "one", "a b c d", ""],
            [1, 0, 1, 1, 1, 0],
            title=["t", " ", "t", "", "t", ""],
            department=["Tops", "Tops", "Tops", "", "", "Dresses"],
        ),
        name="mine.csv",
        sha256="abc",
    )
    assert (facts.name, facts.sha256) == ("mine.csv", "abc")
    assert (facts.rows, facts.rows_with_text, facts.rows_with_title) == (6, 4, 2)
    assert facts.labels == {"not recommended": 1, "recommended": 3}
    assert facts.recommended_share == 0.75
    assert facts.repeated_texts == 1
    assert facts.words == (1, 1, 1, 2, 4)
    assert facts.departments == {
        "(none)": Department(rows=2, recommended_share=1.0),
        "Tops": Department(rows=2, recommended_share=0.5),
    }


def test_without_a_department_column_there_are_no_departments() -> None:
    assert check_data(frame(["a", "b"], [0, 1]), name="", sha256="").departments == {}


def test_reviews_are_counted_by_tens_of_words_and_the_longest_together() -> None:
    lengths = (1, 9, 10, 19, 20, 119, 120, 5000)
    facts = check_data(frame([" ".join(["word"] * n) for n in lengths], [0, 1] * 4), name="", sha256="")
    assert facts.lengths == (2, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2)


def test_rows_without_text_are_dropped_and_the_others_keep_their_order() -> None:
    kept = with_text(frame(["b", "", " \n", "a"], [1, 0, 1, 0]))
    assert kept["review"].tolist() == ["b", "a"]
    assert kept.index.tolist() == [0, 1]


def test_a_document_has_the_title_and_the_review_beside_its_label() -> None:
    reviews = frame(["It fits", "No"], [1, 0], title=["Great", ""])
    pairs = examples(reviews)
    assert pairs.documents == documents(reviews)
    assert pairs.labels.tolist() == [1, 0]
    assert "Great" in pairs.documents[0] and "It fits" in pairs.documents[0]
    assert pairs.documents[1].strip() == "No"


def test_the_digest_of_a_file_is_that_of_its_bytes(tmp_path: Path) -> None:
    assert sha256_of(stored(tmp_path, "good")) == hashlib.sha256(b"good").hexdigest()


@pytest.mark.real_data
def test_the_articles_file_has_the_facts_the_article_states(real_csv: Path) -> None:
    facts = check_data(read_reviews(real_csv), name=real_csv.name, sha256=sha256_of(real_csv))
    assert (facts.rows, facts.rows_with_text) == (23486, 22641)
    assert sum(facts.labels.values()) == 22641
    assert facts.recommended_share == pytest.approx(0.819, abs=5e-4)
