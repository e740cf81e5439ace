"""A file becomes a frame, or everything that is wrong with it is said."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sentiment.errors import InputError, InvalidReviewsError
from sentiment.reviews import check_data, read_reviews, with_text

GOOD = [[str(n), f"review number {n} says something", str(n % 2)] for n in range(60)]
HEADER = ["Title", "Review Text", "Recommended IND"]


def as_csv(rows, header=HEADER, **options):
    text = io.StringIO(newline="")
    csv.writer(text, **options).writerows([header, *rows])
    return text.getvalue()


@pytest.fixture
def write(tmp_path):
    def write_bytes(content):
        path = tmp_path / "reviews.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return path

    return write_bytes


def problems_of(path, **options):
    with pytest.raises(InvalidReviewsError) as caught:
        read_reviews(path, **options)
    assert caught.value.exit_code == 2
    assert str(path) in str(caught.value)
    return caught.value.problems


def test_a_good_file_is_read_in_order_with_row_numbers(write):
    frame = read_reviews(write(as_csv(GOOD)))
    assert frame["row"].tolist() == list(range(1, 61))
    assert frame["title"].tolist() == [row[0] for row in GOOD]
    assert frame["review"].tolist() == [row[1] for row in GOOD]
    assert frame["recommended"].tolist() == [int(row[2]) for row in GOOD]


@pytest.mark.parametrize("text", ["NA", "null", "None", "nan", "N/A", "", " ", "#N/A"])
def test_texts_that_pandas_takes_for_missing_are_texts(write, text):
    frame = read_reviews(write(as_csv([["", text, "1"], *GOOD])))
    assert frame["review"][0] == text


def test_a_byte_order_mark_and_windows_newlines_are_fine(write):
    frame = read_reviews(write(b"\xef\xbb\xbf" + as_csv(GOOD).encode()))
    assert frame.columns[0] == "row"
    assert len(frame) == 60


def test_newlines_and_quotes_inside_a_cell_are_kept(write):
    text = 'first line\nsecond "quoted" line, with a comma'
    assert read_reviews(write(as_csv([["", text, "1"], *GOOD])))["review"][0] == text


def test_unknown_columns_are_passed_over(write):
    frame = read_reviews(write(as_csv([[*row, "x"] for row in GOOD], [*HEADER, "Colour"])))
    assert "Colour" not in frame


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", ["the file is empty"]),
        (b" \n \n", ["the file is empty"]),
        (as_csv([]), ["no rows below the header"]),
        (as_csv(GOOD, ["Title", "Text", "Recommended IND"]), ["no column 'Review Text'", "found: 'Title', 'Text'"]),
        (as_csv(GOOD, delimiter=";"), ["separated by semicolons; commas expected"]),
        (as_csv(GOOD, delimiter="\t"), ["separated by tabs; commas expected"]),
        (as_csv(GOOD, ["Review Text", "Review Text", "Recommended IND"]), ["more than once: Review Text"]),
        (as_csv([[*row[:2], "2" if n == 16 else row[2]] for n, row in enumerate(GOOD)]), ["'2' (1 times)", "rows 17"]),
        (as_csv([[*row[:2], "yes"] for row in GOOD]), ["60 rows", "'yes' (60 times)", "0 or 1 expected"]),
        (as_csv([[row[0], "", row[2]] for row in GOOD]), ["no row has text"]),
        (as_csv([[*row[:2], "1"] for row in GOOD]), ["every review has the label 1; both 0 and 1 expected"]),
        (as_csv(GOOD[:10]), ["too few reviews", "5 with label 0 and 5 with label 1"]),
        (as_csv([*GOOD, ["a", "b", "1", "extra"]]), ["row 61 has 4; 3 expected"]),
        (as_csv([*GOOD, ["a", "b"]]), ["row 61 has 2; 3 expected"]),
        (as_csv([*GOOD, ["", "x" * 100_001, "1"]]), ["row 61 has 100001 characters; at most 100000"]),
        (as_csv(GOOD).replace("number 3", "number\0"), ["line 5: a NUL byte"]),
        (as_csv(GOOD) + '"never closed,1,1\n', ["line", "quote"]),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), ["a PNG picture"]),
        (b"PK\x03\x04" + bytes(100), ["a ZIP archive or an Excel workbook"]),
        (b"PAR1" + bytes(100), ["a Parquet file"]),
        ("<!DOCTYPE html><html><body>log in</body></html>", ["an HTML or XML page"]),
        (as_csv(GOOD).encode().replace(b"number 3", b"number \xe9"), ["at byte", "--encoding"]),
    ],
)
def test_what_is_wrong_is_named_with_place_and_expectation(write, content, said):
    (problem,) = problems_of(write(content))
    for words in said:
        assert words in problem


def test_the_byte_that_is_not_utf_8_is_named(write):
    content = as_csv(GOOD).encode().replace(b"number 3", b"number \xe9")
    (problem,) = problems_of(write(content))
    assert f"at byte {content.index(0xE9)}:" in problem


def test_every_problem_of_a_file_is_reported_at_once(write):
    rows = [*GOOD, ["a", "too short"], ["", "x" * 100_001, "maybe"]]
    problems = problems_of(write(as_csv(rows)))
    assert len(problems) == 3
    assert any("wrong number of fields" in problem for problem in problems)
    assert any("too long" in problem for problem in problems)
    assert any("'maybe' (1 times), in rows 62" in problem for problem in problems)


def test_another_encoding_is_read_when_it_is_named(write):
    content = as_csv([["", "süß und schön", "1"], *GOOD]).encode("latin-1")
    assert read_reviews(write(content), encoding="latin-1")["review"][0] == "süß und schön"


def test_an_unknown_encoding_is_named(write):
    with pytest.raises(InputError, match="encoding 'klingon' is not known"):
        read_reviews(write(as_csv(GOOD)), encoding="klingon")


@pytest.mark.parametrize(("name", "said"), [("nowhere.csv", "does not exist"), ("", "is a folder")])
def test_what_is_no_file_is_refused(tmp_path, name, said):
    with pytest.raises(InputError, match=said):
        read_reviews(tmp_path / name)


def test_cells_that_should_be_numbers_are_checked(write):
    header = [*HEADER, "Age"]
    good = [[*row, "33"] for row in GOOD]
    (problem,) = problems_of(write(as_csv([*good, ["", "fine", "1", "old"]], header)))
    assert "'old' in row 61" in problem
    frame = read_reviews(write(as_csv([*good, ["", "fine", "1", ""]], header)))
    assert frame["age"].isna().tolist() == [False] * 60 + [True]


def test_the_facts_about_a_file_count_rows_with_text(write):
    rows = [*GOOD, ["", "", "1"], ["", "review number 0 says something", "1"]]
    facts = check_data(read_reviews(write(as_csv(rows))))
    assert (facts.rows, facts.rows_with_text) == (62, 61)
    assert facts.labels == {"not recommended": 30, "recommended": 31}
    assert facts.repeated_texts == 1
    assert facts.words[0] == facts.words[-1] == 5
    assert facts.departments == {}


def test_rows_without_text_are_dropped_in_order(write):
    rows = [["", " \n", "1"], *GOOD]
    kept = with_text(read_reviews(write(as_csv(rows))))
    assert kept["row"].tolist() == list(range(2, 62))


TEXT = st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]), max_size=30)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
@given(rows=st.lists(st.tuples(TEXT, TEXT, st.sampled_from("01")), max_size=20))
def test_whatever_the_csv_module_writes_is_read_back(write, rows):
    frame = read_reviews(write(as_csv([*GOOD, *rows])))
    assert frame["review"].tolist()[60:] == [row[1] for row in rows]
    assert frame["title"].tolist()[60:] == [row[0] for row in rows]


@pytest.mark.real_data
def test_the_articles_file_has_the_articles_counts(real_csv):
    facts = check_data(read_reviews(real_csv))
    assert (facts.rows, facts.rows_with_text) == (23_486, 22_641)
    assert round(facts.recommended_share, 3) == 0.819
