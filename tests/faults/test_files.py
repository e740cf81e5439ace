"""Files that are something else than they seem, or hold what is no text: each is named as what it is, and none is read
as if all were well."""

from __future__ import annotations

import gzip
import io
import json
import pickle
import re
import tarfile
import tempfile
import zipfile
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq
import pytest

from sentiment.configuration import read_mapping
from sentiment.errors import ConfigError
from sentiment.reviews.reading import read_reviews
from sentiment.reviews.source import opened
from tests.reviews.test_reading import problems_of, table

LINES = [{"Review Text": f"text {row}", "Recommended IND": row % 2} for row in range(60)]
CSV = table().encode()


def json_lines(instead: str, row: int = 4) -> bytes:
    """Lines of which one, numbered from 1, is another."""
    lines = [json.dumps(line) for line in LINES]
    lines[row - 1] = instead
    return "\n".join(lines).encode()


def tarred() -> bytes:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as archive:
        entry = tarfile.TarInfo("reviews.csv")
        entry.size = len(CSV)
        archive.addfile(entry, io.BytesIO(CSV))
    return written.getvalue()


def zipped(**members: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return written.getvalue()


def feather() -> bytes:
    written = io.BytesIO()
    pyarrow.feather.write_feather(pd.DataFrame(LINES), written)
    return written.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(tarred(), "the file is a tar archive", id="tar"),
        pytest.param(gzip.compress(tarred()), "the file is a tar archive", id="tar in gzip"),
        pytest.param(gzip.compress(gzip.compress(CSV)), "packed twice, the second time by gzip", id="gzip in gzip"),
        pytest.param(zipped(inner=zipped(inner=CSV)), "packed twice, the second time by zip", id="zip in zip"),
        pytest.param(zipped(), "an empty zip archive", id="empty zip"),
        pytest.param(b"\x7fELF\x02\x01\x01" + bytes(60), "the file is a program", id="program"),
        pytest.param(feather(), "an Arrow or Feather file", id="Feather"),
        pytest.param(pickle.dumps(LINES), "the file is a Python pickle", id="pickle"),
        pytest.param(b"{\\rtf1\\ansi Review Text}", "a document in Rich Text Format", id="RTF"),
        pytest.param(b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "`git lfs pull`", id="LFS pointer"),
        pytest.param(b"<!-- saved -->\n<html>Review Text,Recommended IND</html>", "an HTML or XML page", id="comment"),
        pytest.param(table().encode("utf-16-le"), "--encoding utf-16-le reads it", id="UTF-16 LE without a mark"),
        pytest.param(table().encode("utf-16-be"), "--encoding utf-16-be reads it", id="UTF-16 BE without a mark"),
        pytest.param(
            zipped(**{"META-INF/manifest.xml": b"<manifest/>", "content.xml": b"<a/>"}),
            "the file is an OpenDocument workbook; save it as CSV",
            id="ODS",
        ),
        pytest.param(
            zipped(**{"a\x1b[31m.csv": CSV, "b.csv": CSV}), r"2 files ('a\x1b[31m.csv', 'b.csv')", id="names in a zip"
        ),
        pytest.param(
            b'[["Review Text", "Recommended IND"], ["good", 1]]', "`jq -c '.[]' FILE` writes them", id="array of arrays"
        ),
        pytest.param(json.dumps(LINES[0], indent=1).encode(), "JSON document over several lines", id="printed object"),
        pytest.param(json.dumps({"reviews": LINES}, indent=1).encode(), "over several lines", id="object of reviews"),
    ],
)
def test_what_is_no_file_of_reviews_is_called_what_it_is(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "reviews.csv"
    path.write_bytes(content)
    assert said in "\n".join(problems_of(path))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            '{"Review Text": "a", "Recommended IND": 1, "Recommended IND": 0}',
            "line 4: an object with the key 'Recommended IND' more than once; each once expected",
        ),
        (
            r'{"Review Text": "lone \ud800 here", "Recommended IND": 1}',
            r"line 4: half of a character ('\ud800'), which is no text; the whole character expected",
        ),
        (r'{"Review Text": "a", "Recommended IND": 1, "\udfff": 2}', "line 4: half of a character"),
        (
            '{"Review Text": {"en": "good"}, "Recommended IND": 1}',
            "line 4: an object in column 'Review Text'; text or a number expected",
        ),
        (
            '{"Review Text": ["good"], "Recommended IND": 1}',
            "line 4: a list in column 'Review Text'; text or a number expected",
        ),
    ],
)
def test_a_line_of_json_that_could_be_read_in_two_ways_is_named(tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "reviews.jsonl"
    path.write_bytes(json_lines(line))
    assert said in "\n".join(problems_of(path))


@pytest.mark.parametrize(
    ("line", "said"),
    [(r'{"Review Text": "\ud800"}', "half of a character"), ('{"Review Text": "a', "no JSON")],
)
def test_a_damaged_first_line_of_json_is_a_damaged_row(tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "reviews.jsonl"
    path.write_bytes(json_lines(line, row=1))
    with opened(path) as source, source.rows() as rows:
        faults = [fault for _, fault, _, _ in rows]
    assert said in faults[0].words
    assert len(faults) == len(LINES) and not any(faults[1:])


def test_what_other_columns_hold_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "reviews.jsonl"
    path.write_bytes(json_lines(r'{"Review Text": "\ud83d\ude00 good", "Recommended IND": 1, "tags": ["a"]}'))
    assert read_reviews(path)["review"][3] == "\U0001f600 good"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (pa.array([b"caf\xe9"] * 60), "row 1, row 2, row 3, row 4, row 5 and 55 more: bytes that are not valid utf-8"),
        (pa.array([["good"]] * 60), "a list in column 'Review Text'; text or a number expected"),
        (pa.array([{"en": "good"}] * 60), "an object in column 'Review Text'; text or a number expected"),
    ],
)
def test_a_column_of_parquet_that_is_no_text_is_named(tmp_path: Path, values: pa.Array, said: str) -> None:
    path = tmp_path / "reviews.parquet"
    pq.write_table(pa.table({"Review Text": values, "Recommended IND": [row % 2 for row in range(60)]}), path)
    assert said in "\n".join(problems_of(path))


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_the_line_that_excel_writes_in_front_says_what_divides_the_columns(tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "reviews.csv"
    rows = "".join(f'"good, truly; {row}"{delimiter}{row % 2}\r\n' for row in range(60))
    path.write_text(f"sep={delimiter}\r\nReview Text{delimiter}Recommended IND\r\n{rows}", encoding="utf-8-sig")
    found = read_reviews(path)
    assert found["review"].tolist() == [f"good, truly; {row}" for row in range(60)]
    path.write_text(f'sep={delimiter}\r\nReview Text{delimiter}Recommended IND\r\n{rows}"open{delimiter}1\r\n')
    assert "line 63: unexpected end of data; a quote that is opened" in "\n".join(problems_of(path))


def test_what_the_finder_of_macos_adds_to_an_archive_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "reviews.zip"
    path.write_bytes(zipped(**{"folder/reviews.csv": CSV, "folder/.DS_Store": b"x", "__MACOSX/._reviews.csv": b"x"}))
    assert len(read_reviews(path)) == 60


@pytest.mark.parametrize("name", ["review text", "REVIEW TEXT ", "Review_Text"])
def test_a_column_that_is_named_almost_as_expected_is_pointed_at(tmp_path: Path, name: str) -> None:
    path = tmp_path / "reviews.csv"
    path.write_text(table([name, "Recommended IND", "Age"]))
    assert f"{name!r} is not 'Review Text': the name in the header, letter for letter" in "\n".join(problems_of(path))


def test_control_characters_in_a_header_are_shown_as_text(tmp_path: Path) -> None:
    path = tmp_path / "reviews.csv"
    path.write_text("a\x1b[2J,a\x1b[2J\n1,2\n")
    assert r"more than once: 'a\x1b[2J'" in "\n".join(problems_of(path))


def test_a_key_that_a_configuration_has_twice_is_named(tmp_path: Path) -> None:
    path = tmp_path / "shop.yaml"
    path.write_text("text: body\nlabel: stars\ntext: title\n")
    with pytest.raises(ConfigError, match=r"(?s)not valid YAML: the key 'text' stands there twice.*line 3"):
        read_mapping(path)


@pytest.mark.parametrize("packed", [gzip.compress, lambda content: zipped(inner=content)])
def test_an_archive_that_holds_more_than_the_disk_leaves_room_for_others(packed, tmp_path, monkeypatch):
    monkeypatch.setattr("sentiment.reviews.unpacking._LEFT_FREE", 2**62)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    path = tmp_path / "bomb"
    path.write_bytes(packed(b"review,label\n" + b"\0" * (100 << 20)))
    (problem,) = problems_of(path)
    assert re.match(rf"after 0.1 GiB of it [\d,]+ MiB are free in {re.escape(str(tmp_path))}, which are left", problem)
    assert list(tmp_path.iterdir()) == [path]
