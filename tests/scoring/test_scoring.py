"""Files scored in bulk: nothing lost, nothing twice, in order, whoever is killed."""

from __future__ import annotations

import csv
import multiprocessing
import os
import signal
import time

import pandas as pd
import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sentiment.errors import InputError, InvalidReviewsError
from sentiment.models.files import save_model
from sentiment.models.pair_scorer import scorer_of
from sentiment.scoring import files as scoring
from sentiment.scoring.files import score_file
from sentiment.scoring.order import Order, check_order
from sentiment.scoring.writing import inert
from sentiment.text import join_title

HEADER = ["id", "Title", "Review Text"]
MANY = 40_000


def ignore(done, total, rows):
    """A progress that nobody looks at."""


@pytest.fixture(scope="module")
def model(models):
    return models[3]


@pytest.fixture(scope="module")
def stored(model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("model")
    save_model(model, folder)
    return folder


@pytest.fixture
def score(model, stored):
    return lambda order: score_file(order, scorer_of(model), stored, ignore)


def written(path, rows, *, header=HEADER):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def many(count=MANY):
    return [
        [str(n), "" if n % 3 else f"Title {n}", f"soft fabric and\nnumber {n}, itchy {n % 7}"] for n in range(count)
    ]


@pytest.fixture
def order(tmp_path):
    return Order(written(tmp_path / "in.csv", many(100)), tmp_path / "out.csv", "7")


def test_every_row_is_echoed_in_order_with_what_the_model_says(order, score, model):
    report = score(order)
    header, *rows = read(order.destination)
    assert header == ["input_row", *HEADER, "probability", "recommended", "model_version", "known_words"]
    assert [row[1:4] for row in rows] == many(100)
    expected = model.predict_proba(join_title([row[2] for row in rows], [row[3] for row in rows]))
    assert [float(row[4]) for row in rows] == pytest.approx(expected, abs=1e-12)
    assert [row[5] for row in rows] == [str(int(p >= model.threshold)) for p in expected]
    assert {row[6] for row in rows} == {"7"}
    assert (report.rows, report.scored, report.rejected) == (100, 100, 0)
    assert sorted(path.name for path in order.destination.parent.iterdir()) == ["in.csv", "out.csv"]


def test_parquet_holds_the_same_rows(order, score, tmp_path):
    score(order)
    score(Order(order.source, tmp_path / "out.parquet", "7"))
    as_csv = pd.read_csv(order.destination, dtype={"id": str, "model_version": str}, keep_default_na=False)
    as_parquet = pd.read_parquet(tmp_path / "out.parquet")
    pd.testing.assert_frame_equal(as_csv, as_parquet, check_dtype=False, rtol=0, atol=1e-15)


@pytest.mark.parametrize("workers", [2, 3])
def test_workers_write_the_same_file(tmp_path, score, workers):
    source = written(tmp_path / "in.csv", many())
    score(Order(source, tmp_path / "one.csv", "7"))
    score(Order(source, tmp_path / "more.csv", "7", workers=workers))
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "more.csv").read_bytes()


def test_rows_that_cannot_be_scored_are_named_with_reasons_and_the_others_are_scored(tmp_path, score):
    source = tmp_path / "in.csv"
    source.write_bytes(
        b"id,Title,Review Text\n"
        b"1,,soft\n"
        b"2,,\n"
        b"3,,soft,one too many\n"
        b"4,,\xff\xfe\n"
        b"5,,nul\0\n"
        b'6,,"quoted" wrongly\n'
        b"7,,   \n"
        b'8,,"' + b"x" * 100_001 + b'"\n'
        b"9,,itchy\n"
    )
    report = score(Order(source, tmp_path / "out.csv", "7"))
    assert [row[1] for row in read(tmp_path / "out.csv")[1:]] == ["1", "9"]
    header, *rejected = read(tmp_path / "out.csv.rejected.csv")
    assert header == ["row", "line", "reason", "last_line"]
    assert [row[0] for row in rejected] == ["2", "3", "4", "5", "6", "7", "8"]
    assert [row[1] for row in rejected] == ["3", "4", "5", "6", "7", "8", "9"]
    for row, reason in zip(
        rejected,
        ("no text", "4 fields; 3 expected", "not utf-8", "NUL", "expected", "no text", "larger than"),
        strict=True,
    ):
        assert reason in row[2]
    assert (report.rows, report.scored, report.rejected) == (9, 2, 7)


@pytest.mark.parametrize("cell", ["=HYPERLINK(1)", "+1+1", "-2+3", "@SUM(A1)", "\tx", "\rx"])
def test_text_that_a_spreadsheet_would_run_is_made_inert(tmp_path, score, cell):
    score(Order(written(tmp_path / "in.csv", [["1", cell, "soft"]]), tmp_path / "out.csv", "7"))
    assert read(tmp_path / "out.csv")[1][2] == f"'{cell}"


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("love;=cmd|' /C calc'!A0;bye", "love;'=cmd|' /C calc'!A0;bye"),
        ("love\t=1+1", "love\t'=1+1"),
        ("love\n@SUM(A1)\r\n-2+3", "love\n'@SUM(A1)\r\n'-2+3"),
        ('love; "=1+1"', 'love;\' "=1+1"'),
        ("=1;+1+1;=2", "'=1;'+1+1;'=2"),
        ("\uff1d1+1", "'\uff1d1+1"),
        ("love;\uff0b1+1;\uff0d1+1;\uff201", "love;'\uff0b1+1;'\uff0d1+1;'\uff201"),
        (" =1+1", "' =1+1"),
        ("\n=1", "'\n'=1"),
    ],
)
def test_a_part_of_a_text_that_becomes_a_cell_of_its_own_is_made_inert_too(cell, safe):
    assert inert(cell) == safe


def test_no_cell_is_a_formula_where_a_spreadsheet_divides_at_semicolons(tmp_path, score):
    cells = ["love;=cmd|' /C calc'!A0;bye", 'a "b;=1+1" c', "x\n=1+1", ";\t=1"]
    score(Order(written(tmp_path / "in.csv", [["1", cell, "soft"] for cell in cells]), tmp_path / "out.csv", "7"))
    for delimiter in ";\t,":
        with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
            shown = [cell for row in csv.reader(file, delimiter=delimiter) for cell in row]
        assert not [cell for cell in shown if cell.lstrip(' "').startswith(("=", "+", "-", "@"))]


@pytest.mark.parametrize(
    "cell", ["-3", "+4.5", "-1e9", "fine", "", "a=b", "'quoted", "love it ;-)", "sizes;-3;+4.5", "a - b; c = d"]
)
def test_numbers_and_harmless_text_stay_as_they_are(cell):
    assert inert(cell) == cell


def test_a_byte_order_mark_blank_lines_and_another_encoding_are_read(tmp_path, score):
    (tmp_path / "in.csv").write_bytes(b"\xef\xbb\xbfReview Text\r\nsoft\r\n\r\nitchy")
    assert score(Order(tmp_path / "in.csv", tmp_path / "out.csv", "7")).scored == 2
    (tmp_path / "latin.csv").write_bytes("Review Text\nsüß\n".encode("latin-1"))
    score(Order(tmp_path / "latin.csv", tmp_path / "latin-out.csv", "7", encoding="latin-1"))
    assert read(tmp_path / "latin-out.csv")[1][1] == "süß"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b"Text;Title\n", "no column 'Review Text'"),
        (b"Review Text,Review Text\n", "more than once"),
        (b"Review Text,probability\n", "columns that scoring adds: probability"),
    ],
)
def test_a_file_that_cannot_be_scored_is_refused_before_anything_is_written(tmp_path, content, said):
    (tmp_path / "in.csv").write_bytes(content)
    with pytest.raises((InputError, InvalidReviewsError), match=said):
        check_order(Order(tmp_path / "in.csv", tmp_path / "out.csv", "7"))
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


def test_an_output_that_is_there_is_kept_unless_it_may_be_replaced(order, score):
    order.destination.write_text("precious")
    with pytest.raises(InputError, match="exists already; --overwrite replaces it"):
        score(order)
    assert order.destination.read_text() == "precious"
    score(Order(order.source, order.destination, "7", overwrite=True))
    assert len(read(order.destination)) == 101


@pytest.mark.parametrize("linked", ["out.csv", "out.csv.rejected.csv"])
@pytest.mark.parametrize("how", ["symlink_to", "hardlink_to"])
def test_an_output_that_is_the_input_by_another_name_is_refused_and_nothing_is_lost(order, score, linked, how):
    before = order.source.read_bytes()
    getattr(order.source.with_name(linked), how)(order.source)
    names = sorted(order.source.parent.iterdir())
    with pytest.raises(InputError, match=f"{linked} is the same file as .*in.csv"):
        score(Order(order.source, order.destination, "7", overwrite=True))
    assert order.source.read_bytes() == before
    assert sorted(order.source.parent.iterdir()) == names


def test_rejected_rows_are_not_scored_into_the_file_that_they_came_from(tmp_path, score):
    rejected = written(tmp_path / "out.csv.rejected.csv", many(5))
    with pytest.raises(InputError, match=r"out\.csv\.rejected\.csv is the same file as"):
        score(Order(rejected, tmp_path / "out.csv", "7", overwrite=True))
    assert len(read(rejected)) == 6


@pytest.mark.parametrize("name", ["out.xlsx", "nowhere/out.csv"])
def test_an_output_that_cannot_be_written_is_refused(order, name):
    with pytest.raises(InputError):
        check_order(Order(order.source, order.source.parent / name, "7"))


def killed_after(calls, order, model, stored):
    """Score in a process that is killed at its n-th report of progress."""

    def killing(done, total, rows, seen=[0]):  # noqa: B006  (counts the calls)
        seen[0] += 1
        if seen[0] == calls:
            os.kill(os.getpid(), signal.SIGKILL)

    scoring._SECONDS_BETWEEN_JOURNALS = 0 if calls % 2 else 1e9
    arguments = (order, scorer_of(model), stored, killing)
    process = multiprocessing.get_context("fork").Process(target=score_file, args=arguments)
    process.start()
    process.join()
    return process.exitcode


@pytest.mark.parametrize(
    ("workers", "suffix"),
    [
        (1, ".csv"),
        pytest.param(1, ".parquet", marks=pytest.mark.slow),
        (2, ".csv"),
        pytest.param(2, ".parquet", marks=pytest.mark.slow),
    ],
)
def test_a_run_that_was_killed_goes_on_and_loses_and_doubles_nothing(tmp_path, model, stored, score, suffix, workers):
    source = written(tmp_path / "in.csv", [row if n % 50 else [row[0], "", ""] for n, row in enumerate(many())])
    whole = Order(source, tmp_path / f"whole{suffix}", "7")
    score(whole)
    order = Order(source, tmp_path / f"killed{suffix}", "7", workers=workers)
    for calls in (1, 3, 2):
        assert killed_after(calls, order, model, stored) == -signal.SIGKILL
        assert not order.destination.exists()
    report = score(order)
    assert report.resumed_from > 0
    assert report.rows == MANY
    assert whole.rejected_file.read_bytes() == order.rejected_file.read_bytes()
    if suffix == ".csv":
        assert whole.destination.read_bytes() == order.destination.read_bytes()
    else:
        pd.testing.assert_frame_equal(pd.read_parquet(whole.destination), pd.read_parquet(order.destination))
    assert not order.folder.exists()


def test_workers_end_when_the_run_that_started_them_is_killed(tmp_path, model, stored):
    before = left_behind()
    order = Order(written(tmp_path / "in.csv", many()), tmp_path / "out.csv", "7", workers=2)
    killed_after(2, order, model, stored)
    deadline = time.monotonic() + 10
    while left_behind() - before and time.monotonic() < deadline:
        time.sleep(0.1)
    assert left_behind() - before == set()


def left_behind():
    """Processes like this one whose parent is gone."""
    command = psutil.Process().cmdline()
    return {
        process.pid
        for process in psutil.process_iter(["ppid", "cmdline"])
        if process.info["cmdline"] == command and process.info["ppid"] == 1
    }


@pytest.mark.parametrize("survived", [(), ("out.csv",)])
def test_a_run_that_was_killed_while_it_put_things_in_place_is_finished(tmp_path, model, stored, score, survived):
    """Every row was done and the journal says so; of the files, some were moved."""
    order = Order(written(tmp_path / "in.csv", [*many(50), ["50", "", ""]]), tmp_path / "out.csv", "7")
    process = multiprocessing.get_context("fork").Process(target=_die_before_moving, args=(order, model, stored))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    for name in survived:
        (order.folder / "scored.csv").rename(tmp_path / name)
    report = score(order)
    assert (report.rows, report.scored, report.rejected) == (51, 50, 1)
    assert len(read(order.destination)) == 51
    assert len(read(order.rejected_file)) == 2


def _die_before_moving(order, model, stored):
    scoring.CsvSink.put_in_place = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
    score_file(order, scorer_of(model), stored, ignore)


def test_an_unfinished_run_of_another_input_is_not_mixed_in(tmp_path, model, stored, score):
    order = Order(written(tmp_path / "in.csv", many()), tmp_path / "out.csv", "7")
    killed_after(3, order, model, stored)
    with pytest.raises(InputError, match="version was 7 and is 8"):
        score(Order(order.source, order.destination, "8"))
    written(order.source, many(10))
    with pytest.raises(InputError, match="source_sha256 was"):
        score(order)
    assert score(Order(order.source, order.destination, "8", restart=True)).rows == 10


def test_two_runs_do_not_write_one_output(tmp_path, score, order):
    from filelock import FileLock

    order.folder.mkdir()
    with FileLock(order.folder / "lock"), pytest.raises(InputError, match="another process"):
        score(order)


_BEYOND = 400_000_000_000_000_000
"""Microseconds since 1970, in the year 14645."""


@pytest.mark.parametrize(
    ("values", "carried"),
    [
        (pa.array([_BEYOND, 0], pa.timestamp("us")), ["14645-06-30 15:06:40.000000", "1970-01-01 00:00:00"]),
        (pa.array([-62_140_000_000_000_000, None], pa.timestamp("us")), ["0000-11-11 00:53:20.000000", ""]),
        (
            pa.array([253_402_300_799_000_000, 0], pa.timestamp("us", "Asia/Tokyo")),
            ["9999-12-31 23:59:59 UTC", "1970-01-01 09:00:00+09:00"],
        ),
        (
            pa.array([_BEYOND, 0], pa.timestamp("us", "Asia/Tokyo")),
            ["14645-06-30 15:06:40.000000 UTC", "1970-01-01 09:00:00+09:00"],
        ),
        (pa.array([0, None], pa.timestamp("us", "Mars/Phobos")), ["1970-01-01 00:00:00 UTC", ""]),
        (pa.array([3_000_000, 0], pa.int32()).view(pa.date32()), ["10183-09-21", "1970-01-01"]),
        (pa.array([[_BEYOND], None], pa.list_(pa.timestamp("us"))), ['["14645-06-30 15:06:40.000000"]', ""]),
        (
            pa.array([{"until": _BEYOND}, None], pa.struct([("until", pa.timestamp("us"))])),
            ['{"until": "14645-06-30 15:06:40.000000"}', ""],
        ),
        (
            pa.array([_BEYOND, 0], pa.timestamp("us")).dictionary_encode(),
            ["14645-06-30 15:06:40.000000", "1970-01-01 00:00:00"],
        ),
    ],
)
def test_dates_that_nobody_reads_are_carried_whatever_they_are(tmp_path, score, values, carried):
    pq.write_table(pa.table({"Review Text": ["soft", "itchy"], "until": values}), tmp_path / "in.parquet")
    for name in ("out.csv", "out.parquet"):
        assert score(Order(tmp_path / "in.parquet", tmp_path / name, "7")).scored == 2
    assert [row[2] for row in read(tmp_path / "out.csv")[1:]] == carried
    assert pd.read_parquet(tmp_path / "out.parquet")["until"].tolist() == carried


def test_text_of_a_parquet_file_that_is_no_utf_8_costs_its_row_alone(tmp_path, score):
    broken = pa.array([b"soft", b"\xff\xfe"], pa.binary()).view(pa.string())
    pq.write_table(pa.table({"Review Text": ["soft", "itchy"], "note": broken}), tmp_path / "in.parquet")
    report = score(Order(tmp_path / "in.parquet", tmp_path / "out.csv", "7"))
    assert (report.scored, report.faults) == (1, 1)
    assert "not valid utf-8" in read(tmp_path / "out.csv.rejected.csv")[1][2]
