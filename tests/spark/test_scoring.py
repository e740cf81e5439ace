"""Scoring on real Spark workers: the answers of one machine, whoever is killed; and what is refused at once."""

from __future__ import annotations

import csv
import gzip
import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from filelock import FileLock

from sentiment.errors import InputError, InvalidReviewsError, SparkError
from sentiment.models.files import load_scorer, save_model
from sentiment.reviews.schema import Schema
from sentiment.scoring.files import score_file
from sentiment.scoring.order import Order
from sentiment.spark import scoring
from sentiment.spark.results import SUCCESS
from sentiment.spark.scoring import check_spark_order, score_on_spark
from sentiment.spark.session import Cluster
from tests.conftest import ROOT
from tests.spark.conftest import python_that

HERE = Cluster(master="local[2]")
SCHEMA = Schema(text="body", title="headline", label="stars", recommended_from=4, not_recommended_to=2)
HEADER = ["headline", "body", "shop's own"]
PART = 500
HIDE = """
import importlib.abc, sys
class Hidden(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name.partition(".")[0] == "skops":
            raise ModuleNotFoundError("No module named 'skops'", name="skops")
sys.meta_path.insert(0, Hidden())
"""
OTHER_VERSION = """
import importlib.metadata as metadata
real = metadata.version
metadata.version = lambda name: "1.2.0" if name == "scikit-learn" else real(name)
"""


def ignore(done, total, rows):
    """A progress that nobody looks at."""


@pytest.fixture(scope="module")
def stored(models, tmp_path_factory):
    folder = tmp_path_factory.mktemp("model")
    save_model(models[3], folder)
    return folder


@pytest.fixture
def many_rows(tmp_path):
    rows = [["" if n % 3 else f"T {n}", f'soft,\n"number" {n}, itchy {n % 7}', "é"] for n in range(20 * PART)]
    return Order(written(tmp_path / "in.csv", rows), tmp_path / "out.csv", "7", schema=SCHEMA)


def written(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *rows])
    return path


def spark(order, stored, cluster=HERE, **options):
    return score_on_spark(order, load_scorer(stored), stored, cluster, ignore, rows_a_part=PART, **options)


def read(folder):
    """Rows of a folder of parts; all parts have the same header."""
    rows, headers = [], set()
    for path in sorted(folder.glob("part-*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            header, *more = csv.reader(file)
        headers.add(tuple(header))
        rows += more
    assert len(headers) == 1
    return list(headers.pop()), rows


def here(order, stored):
    """What one machine says."""
    order = replace(order, destination=order.destination.with_name("here.csv"))
    report = score_file(order, load_scorer(stored), stored, ignore)
    with order.destination.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    rejected = list(csv.reader(order.rejected_file.open(encoding="utf-8"))) if report.rejected_file else []
    order.destination.unlink()
    return header, rows, rejected, report


def test_files_of_every_kind_are_scored_as_on_one_machine_by_a_cluster(tmp_path, stored, two_workers):
    folder = tmp_path / "in [1] #2"
    folder.mkdir()
    texts = [["T", f"lovely soft number {n}", "x"] for n in range(PART + 70)]
    odd = [
        ["", "", "null review"],
        ["", "\t ", ""],
        ["=1+1", "=fits <b>well</b> &amp; 'ok'", "@x"],
        ["", "zzz qqq", "y"],
    ]
    plain = written(folder / "a.csv", [*odd, *texts])
    with plain.open("a", encoding="utf-8") as file:
        file.write('"too few"\n"never closed,b,c\nlast,good row,d\n')
    (folder / "b.csv.gz").write_bytes(gzip.compress(written(tmp_path / "b.csv", texts[:9]).read_bytes()))
    lines = [json.dumps({"headline": None, "body": f"itchy {n}", "shop's own": n}) for n in range(5)]
    (folder / "c.jsonl").write_text("\n".join(lines) + "\nno json\n")
    columns = {name: [row[place] for row in texts] for place, name in enumerate(HEADER)}
    pq.write_table(pa.table(columns), folder / "d.parquet")
    (folder / "_SUCCESS").touch()
    order = Order(folder, tmp_path / "out.csv", "7", schema=SCHEMA)
    report = spark(order, stored, two_workers)

    expected, rejected, counted = [], [], 0
    for path in sorted(folder.glob("[a-d]*")):
        header, rows, refused, one = here(Order(path, tmp_path / "out.csv", "7", schema=SCHEMA), stored)
        expected += [[str(path), *row] for row in rows]
        rejected += [[str(path), *row] for row in refused[1:]]
        counted += one.rows
    assert read(order.destination) == (["input_file", *header], expected)
    assert read(order.rejected_file)[1] == rejected
    assert (report.rows, report.scored, report.rejected) == (counted, len(expected), len(rejected))
    assert report.faults == 3
    assert report.without_known_words > 0
    assert (order.destination / SUCCESS).exists()
    assert sorted(path.name for path in tmp_path.glob("out*")) == ["out.csv", "out.csv.rejected.csv"]


@pytest.mark.slow
def test_a_worker_killed_in_the_middle_changes_nothing(many_rows, stored, two_workers, kill_an_executor):
    killed = []

    def kill_one(done, total, rows):
        if not killed and rows:
            kill_an_executor()
            killed.append(rows)

    report = score_on_spark(many_rows, load_scorer(stored), stored, two_workers, kill_one, rows_a_part=PART // 2)
    assert killed and killed[0] < report.rows
    header, rows, _, expected = here(many_rows, stored)
    assert read(many_rows.destination) == (header, rows)
    assert report.scored == expected.scored


@pytest.mark.slow
def test_a_run_that_was_killed_goes_on_with_the_parts_that_are_left(many_rows, stored, tmp_path):
    program = f"""
import sys, time
from pathlib import Path
from sentiment.models.files import load_scorer
from sentiment.reviews.schema import Schema
from sentiment.scoring.order import Order
from sentiment.spark.scoring import check_spark_order, score_on_spark
from sentiment.spark.session import Cluster
stored = Path(sys.argv[1])
order = Order(Path(sys.argv[2]), Path(sys.argv[3]), "7", schema=Schema.model_validate_json(sys.argv[4]))
print("ready", flush=True)
score_on_spark(order, load_scorer(stored), stored, Cluster(master="local[1]"), lambda *_: None, rows_a_part={PART})
"""
    arguments = [str(stored), str(many_rows.source), str(many_rows.destination), SCHEMA.model_dump_json()]
    process = subprocess.Popen([sys.executable, "-c", program, *arguments], cwd=ROOT)
    done = many_rows.folder / "done"
    until = time.monotonic() + 120
    while len(list(done.glob("[0-9]*"))) < 2 and time.monotonic() < until and process.poll() is None:
        time.sleep(0.02)
    below = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not many_rows.destination.exists()
    _, alive = psutil.wait_procs(below, timeout=30)
    assert alive == [], "Java and the workers end with the process that started them"
    finished = len(list(done.glob("[0-9]*")))
    assert 2 <= finished < 20
    with pytest.raises(InputError, match="version was 7 and is 8"):
        spark(replace(many_rows, version="8"), stored)
    report = spark(many_rows, stored)
    assert finished * PART <= report.resumed_from < report.rows
    header, rows, _, _ = here(many_rows, stored)
    assert read(many_rows.destination) == (header, rows)
    assert sorted(path.name for path in tmp_path.glob("out*")) == ["out.csv"]


@pytest.mark.slow
def test_ctrl_c_ends_the_job_and_keeps_the_parts(many_rows, stored):
    def interrupt(done, total, rows):
        if rows and not sent:
            sent.append(rows)
            os.kill(os.getpid(), signal.SIGINT)

    sent, before = [], set(psutil.Process().children(recursive=True))
    heeded = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            score_on_spark(many_rows, load_scorer(stored), stored, HERE, interrupt, rows_a_part=PART)
    finally:
        signal.signal(signal.SIGINT, heeded)
    assert not many_rows.destination.exists()
    assert list((many_rows.folder / "done").glob("[0-9]*"))
    assert set(psutil.Process().children(recursive=True)) <= before


def test_workers_refuse_a_model_that_is_not_what_the_driver_verified(many_rows, stored, monkeypatch):
    honest = scoring.ship_model

    def tampered(session, files, folder):
        shipment = honest(session, files, folder)
        return shipment.model_copy(update={"digests": {**shipment.digests, "model.json": "0" * 64}})

    monkeypatch.setattr(scoring, "ship_model", tampered)
    with pytest.raises(SparkError, match=r"TamperedModelError.*model\.json was changed"):
        spark(many_rows, stored)
    assert not many_rows.destination.exists()
    assert not (many_rows.folder / "journal.json").exists(), "nothing was begun"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "body", "told"),
    [
        ("has no skops", HIDE, "the Python of a worker has no skops"),
        ("has an old one", OTHER_VERSION, "the Python of a worker has scikit-learn 1.2.0, and .* is here"),
    ],
)
def test_workers_whose_libraries_are_missing_or_others_are_refused_before_it_begins(
    many_rows, stored, tmp_path, name, body, told
):
    cluster = Cluster(master="local[1]", conf={"spark.pyspark.python": python_that(tmp_path, name, body)})
    with pytest.raises(SparkError, match=told):
        spark(many_rows, stored, cluster)
    assert not (many_rows.folder / "journal.json").exists()


def test_two_jobs_do_not_write_to_one_place(many_rows, stored):
    many_rows.folder.mkdir()
    with FileLock(many_rows.folder / "lock"), pytest.raises(InputError, match="another process is writing"):
        run_in_a_thread(lambda: spark(many_rows, stored))


def run_in_a_thread(work):
    """A lock can be had twice in one thread; here somebody else asks."""
    raised = []

    def catch():
        try:
            work()
        except Exception as error:
            raised.append(error)

    thread = threading.Thread(target=catch)
    thread.start()
    thread.join()
    raise raised[0]


def test_parquet_comes_out_as_parquet_and_replaces_what_was_there(tmp_path, stored):
    columns = {"headline": ["", None, "T"], "body": ["soft", None, "=itchy"], "shop's own": [1, 2, 3]}
    source = tmp_path / "in.parquet"
    pq.write_table(pa.table(columns), source)
    order = Order(source, tmp_path / "out.parquet", "7", schema=SCHEMA)
    (order.destination).mkdir()
    (order.destination / "old").touch()
    with pytest.raises(InputError, match="--overwrite"):
        spark(order, stored)
    report = spark(replace(order, overwrite=True), stored)
    assert (report.scored, report.rejected) == (2, 1)
    found = pq.read_table(order.destination).to_pylist()
    assert [row["input_row"] for row in found] == [1, 3]
    assert [row["body"] for row in found] == ["soft", "=itchy"]
    assert sorted(path.name for path in order.destination.iterdir()) == ["_SUCCESS", "part-00000.parquet"]


def test_part_files_of_other_jobs_are_read_by_name_and_empty_ones_passed_over(tmp_path, stored):
    parts = {
        "part-0.csv": "headline,body,shop's own\nT,soft,1\n",
        "part-1.csv": "",
        "part-2.csv": "body,shop's own,headline\nitchy,2,U\n",
    }
    (tmp_path / "in").mkdir()
    for name, text in parts.items():
        (tmp_path / "in" / name).write_text(text)
    order = Order(tmp_path / "in", tmp_path / "out.csv", "7", schema=SCHEMA)
    report = spark(order, stored)
    assert (report.rows, report.scored) == (2, 2)
    rows = [row for part in sorted((tmp_path / "out.csv").glob("part-*")) for row in csv.DictReader(part.open())]
    assert [tuple(row[name] for name in HEADER) for row in rows] == [("T", "soft", "1"), ("U", "itchy", "2")]


def test_what_is_wrong_with_any_file_is_known_before_spark_is_started(tmp_path):
    for name, text in {"a.csv": "headline,body\n,x\n", "b.csv": "headline,text\n,x\n"}.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(InvalidReviewsError, match=r"b\.csv: no column 'body'"):
        check_spark_order(Order(tmp_path / "*.csv", tmp_path / "out.csv", "7", schema=SCHEMA))


@pytest.mark.slow
def test_a_path_that_is_taken_for_a_column_that_scoring_adds_is_refused(tmp_path, stored):
    folder = Path(tmp_path / "in")
    folder.mkdir()
    for name in "ab":
        (folder / f"{name}.csv").write_text("input_file,headline,body\nx,y,z\n")
    with pytest.raises(InputError, match="input_file"):
        spark(Order(folder, tmp_path / "out.csv", "7", schema=SCHEMA), stored)
