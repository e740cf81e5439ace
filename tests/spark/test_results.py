"""Where results go: a folder and two object stores, which behave alike; and who may write there."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import fsspec
import pytest
from gcsfs.core import GCSFileSystem

from sentiment.errors import InputError
from sentiment.reviews.lines import Place
from sentiment.scoring.journal import JOURNAL, Job, Journal
from sentiment.scoring.order import Order
from sentiment.spark import lease as leases
from sentiment.spark.results import DONE, REJECTED, SCORED, SUCCESS, results_of
from sentiment.spark.scoring import check_spark_order
from sentiment.spark.stores import store_of
from tests.spark.test_scoring import HERE, PART, SCHEMA, here, many_rows, read, run_in_a_thread, spark, stored  # noqa: F401
from tests.stores.proxy import Asked, no_trouble, one_in_ten, proxy_before
from tests.stores.servers import ACCOUNT, gcs_server, s3_server, use_gcs, use_s3

BUCKET = "shop"
CONTENT = Journal(
    job=Job(source_sha256="0", encoding="utf-8", version="7", suffix=".csv"), place=Place(byte=0)
).as_text()


@pytest.fixture(scope="module")
def s3():
    with s3_server(BUCKET) as port:
        yield port


@pytest.fixture(scope="module")
def gcs():
    with gcs_server(BUCKET) as port:
        yield port


@pytest.fixture
def s3_account(s3, monkeypatch):
    use_s3(f"http://127.0.0.1:{s3}", monkeypatch)
    fsspec.filesystem("s3").clear_instance_cache()


@pytest.fixture
def gcs_account(gcs, monkeypatch):
    use_gcs(f"http://127.0.0.1:{gcs}", monkeypatch)
    GCSFileSystem.clear_instance_cache()


@pytest.fixture(params=["disk", "s3a", "gs"])
def out(request, monkeypatch, tmp_path):
    """Where results are to go."""
    monkeypatch.setenv("SPARK_LOCAL_DIRS", str(tmp_path))
    monkeypatch.setattr(leases, "BEAT", 0.1)
    monkeypatch.setattr(leases, "SILENCE", 1.0)
    if request.param == "disk":
        (tmp_path / "[1] #2 é").mkdir()
        return str(tmp_path / "[1] #2 é" / "out.csv")
    request.getfixturevalue({"s3a": "s3_account", "gs": "gcs_account"}[request.param])
    return f"{request.param}://{BUCKET}/{tmp_path.name} [1] #2 é/out.csv"


def order_of(out, **options):
    return Order(Path("in.csv"), out, "7", schema=SCHEMA, **options)


def begun_at(out, *, parts=3, **options):
    """A job with so many parts that are done, of which the last has rejected rows."""
    results = results_of(order_of(out, **options))
    if "://" not in out:
        Path(results.folder).mkdir(exist_ok=True)
    results.clear()
    results.write(JOURNAL, CONTENT)
    for number in range(parts):
        with results.writing() as folder:
            (folder / "a").write_text(f"scored {number}")
            results.put(folder / "a", f"{SCORED}/part-{number}.csv")
        results.write(f"{DONE}/{number}.json", str(number))
    with results.writing() as folder:
        (folder / "b").write_text("rejected")
        results.put(folder / "b", f"{REJECTED}/part-{parts - 1}.csv")
    return results


def lying(out):
    """What lies below an output's folder, by what follows the name of the output."""
    if "://" in out:
        store, path = store_of(out)
        found = {name: store.cat_file(name).decode() for name in store.find(path.rpartition("/")[0])}
    else:
        path = out
        found = {str(one): one.read_text() for one in Path(out).parent.rglob("*") if one.is_file()}
    return {name.removeprefix(path): content for name, content in found.items()}


WHOLE = {
    f"/{SUCCESS}": "",
    "/part-0.csv": "scored 0",
    "/part-1.csv": "scored 1",
    "/part-2.csv": "scored 2",
    f".rejected.csv/{SUCCESS}": "",
    ".rejected.csv/part-2.csv": "rejected",
}


@pytest.mark.parametrize("out", ["out", "s3a://shop/out/"])
def test_where_the_results_go_says_what_they_are(out):
    with pytest.raises(InputError, match=r"out/? must end in \.csv or \.parquet"):
        results_of(order_of(out)).check()


@pytest.mark.parametrize("out", ["disk", "s3a"], indirect=True)
def test_results_are_no_part_of_what_is_read(out):
    source = out.rpartition("/")[0]
    with pytest.raises(InputError, match=r"out\.csv lies in .*, so another run would take it for reviews"):
        check_spark_order(Order(source, out, "7", schema=SCHEMA))


@pytest.mark.parametrize("source", ["out.csv/in", "link", "link/*.csv"])
def test_results_do_not_replace_what_is_read(tmp_path, source):
    (tmp_path / "out.csv" / "in").mkdir(parents=True)
    (tmp_path / "out.csv" / "in" / "reviews.csv").write_text("Review Text\nsoft\n")
    (tmp_path / "link").symlink_to(tmp_path / "out.csv" / "in")
    with pytest.raises(InputError, match=r"out\.csv would be replaced, and .*, which is read, lies in it"):
        check_spark_order(Order(tmp_path / source, tmp_path / "out.csv", "7", overwrite=True, schema=SCHEMA))


def test_a_job_is_kept_until_it_is_finished_and_nothing_of_it_after(out):
    results = results_of(order_of(out))
    results.check()
    with results.alone() as require_alone:
        assert results.read(JOURNAL) is None
        begun_at(out)
        assert results.read(JOURNAL) == CONTENT.encode()
        assert sorted(results.names(DONE)) == ["0.json", "1.json", "2.json"]
        assert results.read(f"{DONE}/1.json") == b"1"
        require_alone()
        results.put_in_place()
    assert lying(out) == WHOLE


def test_what_is_there_is_replaced_only_if_that_was_asked_for(out):
    with results_of(order_of(out)).alone():
        begun_at(out, parts=5).put_in_place()
    with pytest.raises(InputError, match=r"out.csv exists already; --overwrite replaces it"):
        results_of(order_of(out)).check()
    again = order_of(out, overwrite=True)
    results_of(again).check()
    with results_of(again).alone():
        begun_at(out, overwrite=True).put_in_place()
    assert lying(out) == WHOLE


def test_rejected_rows_of_an_output_that_was_replaced_do_not_stay(out):
    with results_of(order_of(out)).alone():
        begun_at(out).put_in_place()
    with results_of(order_of(out)).alone():
        results = results_of(order_of(out, overwrite=True))
        results.clear()
        results.write(JOURNAL, CONTENT)
        with results.writing() as folder:
            (folder / "a").write_text("scored 0")
            results.put(folder / "a", f"{SCORED}/part-0.csv")
        results.put_in_place()
    assert lying(out) == {f"/{SUCCESS}": "", "/part-0.csv": "scored 0"}


def test_a_job_that_was_killed_while_its_parts_were_put_in_place_is_put_there_again(out):
    results = begun_at(out)
    if "://" in out:
        store, path = store_of(out)
        store.pipe_file(f"{path}/part-0.csv", store.cat_file(f"{path}.partial/{SCORED}/part-0.csv"))
    else:
        Path(f"{out}.partial", SCORED, SUCCESS).touch()
        Path(f"{out}.partial", SCORED).rename(out)
    results.check()
    with results.alone():
        results.put_in_place()
    assert lying(out) == WHOLE


def test_a_restart_forgets_what_there_was(out):
    begun_at(out)
    results = results_of(order_of(out, restart=True))
    with results.alone():
        assert results.read(JOURNAL) is None
        assert results.names(DONE) == []


def test_two_jobs_do_not_write_to_one_place(out):
    def begin():
        with results_of(order_of(out)).alone():
            pass

    with (
        results_of(order_of(out)).alone(),
        pytest.raises(InputError, match=r"another process is writing .*out\.csv now"),
    ):
        run_in_a_thread(begin)
    begin()


@pytest.mark.parametrize("out", ["s3a", "gs"], indirect=True)
def test_of_two_that_begin_at_once_one_goes_on(out):
    outcomes = []

    def begin():
        try:
            with results_of(order_of(out)).alone():
                outcomes.append("begun")
                time.sleep(1)
        except InputError:
            outcomes.append("refused")

    threads = [threading.Thread(target=begin) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["begun", "refused"]


@pytest.mark.parametrize("out", ["s3a", "gs"], indirect=True)
def test_a_place_whose_owner_was_killed_is_free_after_a_while(out):
    store, lock = store_of(f"{out}.partial/lock")
    store.pipe_file(lock, b"of one that was killed 17")
    began = time.monotonic()
    with results_of(order_of(out)).alone():
        assert time.monotonic() - began >= leases.SILENCE
    assert not store.exists(lock)


@pytest.mark.parametrize("out", ["s3a", "gs"], indirect=True)
def test_an_owner_that_stood_still_for_too_long_notices(out):
    store, lock = store_of(f"{out}.partial/lock")
    with results_of(order_of(out)).alone() as require_alone:
        store.pipe_file(lock, b"of somebody else 1")
        until = time.monotonic() + 20
        with pytest.raises(InputError, match="another process is writing"):
            while time.monotonic() < until:
                require_alone()
                time.sleep(0.05)
    assert store.cat_file(lock) == b"of somebody else 1", "it is not one's own to remove"


@pytest.mark.parametrize("out", ["s3a", "gs"], indirect=True)
def test_a_store_that_is_busy_now_and_then_fails_nothing(out, request, monkeypatch):
    kind = out.partition("://")[0]
    with proxy_before(request.getfixturevalue({"s3a": "s3", "gs": "gcs"}[kind])) as proxy:
        (use_s3 if kind == "s3a" else use_gcs)(proxy.address, monkeypatch)
        fsspec.filesystem(kind).clear_instance_cache()
        proxy.trouble = one_in_ten(0.2)
        with results_of(order_of(out)).alone():
            begun_at(out, parts=20).put_in_place()
        assert {trouble for _, trouble in proxy.troubled} == {"busy", 0.2}
        proxy.trouble = no_trouble
        assert len(lying(out)) == 23


@pytest.mark.parametrize("out", ["s3a"], indirect=True)
def test_an_account_that_is_not_taken_is_said_at_once(out, request, monkeypatch):
    def refused(asked: Asked):
        return "refused"

    with proxy_before(request.getfixturevalue("s3")) as proxy:
        use_s3(proxy.address, monkeypatch)
        fsspec.filesystem("s3").clear_instance_cache()
        proxy.trouble = refused
        began = time.monotonic()
        with pytest.raises(InputError, match=r"out\.csv cannot be read: PermissionError"):
            results_of(order_of(out)).check()
    assert time.monotonic() - began < 15


@pytest.mark.slow
def test_files_are_scored_into_a_store_by_a_cluster(many_rows, stored, two_workers, s3_account):  # noqa: F811
    conf = {f"spark.executorEnv.{name}": os.environ[name] for name in (*ACCOUNT, "AWS_ENDPOINT_URL")}
    cluster = two_workers.model_copy(update={"conf": {**two_workers.conf, **conf}})
    out = f"s3a://{BUCKET}/scored [1] #2/out.csv"
    report = spark(Order(many_rows.source, out, "7", schema=SCHEMA), stored, cluster)
    assert report.output == out
    store, path = store_of(out)
    fetched = many_rows.source.parent / "fetched"
    fetched.mkdir()
    for name in store.find(path):
        store.get_file(name, str(fetched / name.rpartition("/")[2]))
    header, rows, _, _ = here(many_rows, stored)
    assert read(fetched) == (header, rows)
    assert sorted(
        {name.partition("/out.csv")[2].partition("/")[0] for name in store.find(path.rpartition("/")[0])}
    ) == [""]
