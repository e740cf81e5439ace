"""Every row of a file is accounted for: scored, or rejected with its lines. A quote costs the row that it stands in."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import zipfile
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from commands.root import root
from sentiment.errors import InputError, InvalidReviewsError
from sentiment.models.files import save_model
from sentiment.models.pair_scorer import scorer_of
from sentiment.reviews.csv_structure import read_table
from sentiment.reviews.schema import Schema
from sentiment.reviews.unpacking import spooled
from sentiment.scoring.files import score_file
from sentiment.scoring.order import Order

HEADER = ["id", "Title", "Review Text"]
ROWS = [[str(n), "", f"soft dress {n}"] for n in range(300)]


@pytest.fixture(scope="module")
def score(models, tmp_path_factory):
    folder = tmp_path_factory.mktemp("model")
    save_model(models[3], folder)
    return lambda order: score_file(order, scorer_of(models[3]), folder, lambda *_: None)


def lines(*, delimiter: str = ",") -> list[str]:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter, lineterminator="\n").writerows([HEADER, *ROWS])
    return buffer.getvalue().splitlines()


def scored(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def with_line(number: int, text: str) -> list[str]:
    changed = lines()
    changed[number - 1] = text
    return changed


def test_lines_of_a_review_that_have_as_many_commas_as_a_row_are_a_review(tmp_path, score):
    inner = "however, i find it off, a little\ni usually wear a 6, or an 8, in this\n"
    (tmp_path / "in.csv").write_text("\n".join(with_line(12, f'10,,"soft\n{inner}and it fits"')) + "\n")
    report = score(Order(tmp_path / "in.csv", tmp_path / "out.csv", "7"))
    assert (report.rows, report.scored, report.faults) == (300, 300, 0)
    assert scored(tmp_path / "out.csv")[10]["Review Text"] == f"soft\n{inner}and it fits"


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ('10,"never closed,soft', "opened and not closed"),
        ('"10,,soft', "opened and not closed"),
        ('10,,"soft', "opened and not closed"),
        ('10,,"she said \\"wow\\", soft"', "escaped with a backslash"),
        ('10,,"so" soft', "quote"),
        ("10,soft", "2 fields; 3 expected"),
        ("10,,soft,and,more", "5 fields; 3 expected"),
    ],
)
@pytest.mark.parametrize("others", ["plain", "quoted", "inches"])
def test_a_broken_row_costs_itself_and_no_other(tmp_path, score, line, kind, others):
    changed = with_line(12, line)
    if others == "quoted":
        changed[14] = '13,"a title","soft, quoted"'
    if others == "inches":
        changed[14] = "13,5' 8\",soft"
    (tmp_path / "in.csv").write_text("\n".join(changed) + "\n")
    report = score(Order(tmp_path / "in.csv", tmp_path / "out.csv", "7"))
    rows = scored(tmp_path / "out.csv")
    assert (report.rows, report.scored, report.rejected, report.faults) == (300, 299, 1, 1)
    assert [row["id"] for row in rows] == [str(n) for n in range(300) if n != 10]
    assert [int(row["input_row"]) for row in rows] == [n + 1 for n in range(300) if n != 10]
    (rejected,) = scored(tmp_path / "out.csv.rejected.csv")
    assert (rejected["row"], rejected["line"], rejected["last_line"]) == ("11", "12", "12")
    assert kind in rejected["reason"]


def test_where_quotes_are_characters_no_row_is_lost_to_one(tmp_path, score):
    changed = lines(delimiter="\t")
    changed[11] = '10\t\t"  so soft'
    (tmp_path / "in.tsv").write_text("\n".join(changed) + "\n")
    order = Order(tmp_path / "in.tsv", tmp_path / "out.csv", "7", schema=Schema(quoted=False))
    report = score(order)
    assert (report.rows, report.scored, report.rejected) == (300, 300, 0)
    assert scored(tmp_path / "out.csv")[10]["Review Text"] == '"  so soft'


def test_checking_names_the_same_rows_as_scoring_rejects(tmp_path, score):
    (tmp_path / "in.csv").write_text("\n".join(with_line(12, '10,,"soft')) + "\n")
    table = read_table(tmp_path / "in.csv", encoding="utf-8", expected=("Review Text",))
    assert table.numbers == [n + 1 for n in range(300) if n != 10]
    assert table.problems == [
        "line 12: a quote is opened and not closed; it must be closed, and doubled inside; "
        "where quotes are characters like any other, `quoted: false` in a --schema says so"
    ]


def test_a_quote_in_a_large_file_ends_at_the_next_row_and_not_at_the_longest_cell(tmp_path, score):
    many = [",".join(HEADER), *(f"{n},,soft dress number {n} of many" for n in range(6000))]
    many[2000] = '1999,,"soft'
    (tmp_path / "in.csv").write_text("\n".join(many) + "\n")
    report = score(Order(tmp_path / "in.csv", tmp_path / "out.csv", "7"))
    assert (report.rows, report.scored, report.rejected) == (6000, 5999, 1)


def test_a_long_review_of_several_lines_is_one_row_and_not_a_fault(tmp_path, score):
    poem = "soft, warm\n\nlovely, long\nand, light\n"
    buffer = io.StringIO()
    csv.writer(buffer).writerows([HEADER, ["1", "", poem], ["2", "", "soft"]])
    (tmp_path / "in.csv").write_text(buffer.getvalue())
    assert score(Order(tmp_path / "in.csv", tmp_path / "out.csv", "7")).rejected == 0
    assert scored(tmp_path / "out.csv")[0]["Review Text"] == poem


def packed(content: bytes, how: str) -> bytes:
    if how == "gzip":
        return gzip.compress(content)
    if how == "zip":
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("inside.csv", content)
        return buffer.getvalue()
    return content


def parquet() -> bytes:
    buffer = io.BytesIO()
    pd.DataFrame(ROWS, columns=HEADER).to_parquet(buffer, row_group_size=64)
    return buffer.getvalue()


CSV = "\n".join(lines()) + "\n"
JSON = "".join(json.dumps(dict(zip(HEADER, row, strict=True))) + "\n" for row in ROWS)
FORMATS = {
    "commas": (CSV.encode(), "utf-8", "CSV with commas, utf-8"),
    "semicolons": (("\n".join(lines(delimiter=";")) + "\n").encode(), "utf-8", "CSV with semicolons, utf-8"),
    "tabs": (("\n".join(lines(delimiter="\t")) + "\n").encode(), "utf-8", "CSV with tabs, utf-8"),
    "returns": (CSV.replace("\n", "\r").encode(), "utf-8", "CSV with commas, utf-8"),
    "both ends": (CSV.replace("\n", "\r\n").encode(), "utf-8", "CSV with commas, utf-8"),
    "mixed ends": (CSV.replace("\n", "\r", 50).encode(), "utf-8", "CSV with commas, utf-8"),
    "utf-16": (CSV.encode("utf-16"), "utf-16", "CSV with commas, utf-16"),
    "utf-16-le with its mark": ("\ufeff".encode("utf-16-le") + CSV.encode("utf-16-le"), "utf-16-le", "CSV"),
    "utf-32": (CSV.encode("utf-32"), "utf-32", "CSV with commas, utf-32"),
    "gzip": (packed(CSV.encode(), "gzip"), "utf-8", "CSV with commas, utf-8, packed by gzip"),
    "zip": (packed(CSV.encode(), "zip"), "utf-8", "CSV with commas, utf-8, packed by zip"),
    "json": (JSON.encode(), "utf-8", "JSON lines, utf-8"),
    "json in gzip": (packed(JSON.encode(), "gzip"), "utf-8", "JSON lines, utf-8, packed by gzip"),
    "parquet": (parquet(), "utf-8", "Parquet"),
}


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_read_alike_by_checking_and_by_scoring_and_said(tmp_path, score, name):
    content, encoding, said = FORMATS[name]
    path = tmp_path / "file.of.any.name"
    path.write_bytes(content)
    table = read_table(path, encoding=encoding, expected=("Review Text",))
    assert (table.header, table.rows, table.problems) == (HEADER, ROWS, [])
    report = score(Order(path, tmp_path / "out.csv", "7", encoding=encoding))
    assert report.read_as.startswith(said) and table.read_as == report.read_as
    assert (report.rows, report.scored) == (300, 300)
    assert [[row[column] for column in HEADER] for row in scored(tmp_path / "out.csv")] == ROWS


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (CSV.encode("utf-16"), "byte-order mark of UTF-16; --encoding utf-16 reads it"),
        (CSV.encode("utf-32"), "byte-order mark of UTF-32; --encoding utf-32 reads it"),
        (gzip.compress(CSV.encode(), mtime=0)[:100], "the archive is damaged"),
        (b"[" + JSON.encode().replace(b"\n", b",\n"), "JSON array"),
        (b"PAR1" + b"\0" * 40, "Parquet file is damaged"),
        (b"BZh91AY", "bzip2 archive"),
        (b"\n\n", "empty"),
        (b"", "empty"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path, content, said):
    (tmp_path / "in").write_bytes(content)
    with pytest.raises(InvalidReviewsError, match=said):
        read_table(tmp_path / "in", encoding="utf-8", expected=("Review Text",))


def test_lines_that_are_no_objects_are_rejected_and_the_others_scored(tmp_path, score):
    bad = JSON.splitlines()
    bad[3], bad[7] = "{broken", "[1]"
    (tmp_path / "in.jsonl").write_text("\n".join(bad))
    report = score(Order(tmp_path / "in.jsonl", tmp_path / "out.csv", "7"))
    assert (report.rows, report.scored, report.faults) == (300, 298, 2)
    assert [row["line"] for row in scored(tmp_path / "out.csv.rejected.csv")] == ["4", "8"]


@pytest.mark.parametrize("command", [["data", "check"], ["train", "--data"], ["score"]])
def test_a_pipe_is_refused_with_its_reason_and_never_waited_for(tmp_path, command):
    os.mkfifo(tmp_path / "pipe")
    more = [str(tmp_path / "out.csv")] if command == ["score"] else []
    done = CliRunner().invoke(root, [*command, str(tmp_path / "pipe"), *more])
    assert isinstance(done.exception, (InputError, SystemExit))
    assert "is a pipe, which can be read only once" in str(done.exception) + done.output


def test_standard_input_is_read_once_and_checked_like_a_file(tmp_path):
    text = "Review Text,Recommended IND\n" + "".join(f"a text {n},{n % 2}\n" for n in range(60))
    (tmp_path / "in.csv").write_text(text)
    of_file = CliRunner().invoke(root, ["data", "check", str(tmp_path / "in.csv"), "--json"])
    of_input = CliRunner().invoke(root, ["data", "check", "-", "--json"], input=text)
    assert json.loads(of_input.output) == {**json.loads(of_file.output), "name": "standard input"}


def test_what_was_spooled_is_gone_afterwards():
    with spooled(io.BytesIO(b"a,b\n")) as path:
        assert path.read_bytes() == b"a,b\n"
    assert not path.exists()


def test_two_columns_without_a_name_are_both_in_parquet(tmp_path, score):
    (tmp_path / "in.csv").write_text(",,Review Text\n0,x0,soft\n1,x1,itchy\n")
    score(Order(tmp_path / "in.csv", tmp_path / "out.parquet", "7"))
    written = pd.read_parquet(tmp_path / "out.parquet")
    assert written["unnamed_1"].tolist() == ["0", "1"]
    assert written["unnamed_2"].tolist() == ["x0", "x1"]


def test_a_file_without_rows_gives_parquet_of_the_same_types(tmp_path, score):
    for name, text in (("none", "Review Text\n"), ("one", "Review Text\nsoft\n")):
        (tmp_path / f"{name}.csv").write_text(text)
        score(Order(tmp_path / f"{name}.csv", tmp_path / f"{name}.parquet", "7"))
    assert pq.read_schema(tmp_path / "none.parquet") == pq.read_schema(tmp_path / "one.parquet")


def test_text_is_kept_as_it_is_where_that_is_asked_for(tmp_path, score):
    (tmp_path / "in.csv").write_text("Review Text,=col\n-great dress,=1+1\n")
    score(Order(tmp_path / "in.csv", tmp_path / "exact.csv", "7", exact=True))
    score(Order(tmp_path / "in.csv", tmp_path / "safe.csv", "7"))
    (exact,), (safe,) = scored(tmp_path / "exact.csv"), scored(tmp_path / "safe.csv")
    assert (exact["Review Text"], exact["=col"]) == ("-great dress", "=1+1")
    assert (safe["Review Text"], safe["'=col"]) == ("'-great dress", "'=1+1")


def test_the_scored_file_says_how_many_words_were_known(tmp_path, score):
    (tmp_path / "in.csv").write_text("Review Text\nzxqv qwop\nsoft soft dress\n")
    report = score(Order(tmp_path / "in.csv", tmp_path / "out.csv", "7"))
    known = [int(row["known_words"]) for row in scored(tmp_path / "out.csv")]
    assert known[0] == 0 and known[1] > 0
    assert report.without_known_words == 1
