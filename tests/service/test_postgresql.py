"""The prediction log in a real PostgreSQL: made by several at once, away, full, hanging, its secrets never shown."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import psutil
import psycopg2
import pytest

from sentiment.errors import ServiceError
from sentiment.service.predictions import encode
from sentiment.service.predictions.postgresql import PostgreSQL, Table
from sentiment.service.predictions.tables import MIGRATIONS, migrate, version_of
from sentiment.service.predictions.writing import Writing
from tests.conftest import ROOT
from tests.service.conftest import PATIENCE, wait_until
from tests.service.test_prediction_log import prediction

SECRET = "hunter2-hunter2"
FULL = """
CREATE FUNCTION sentiment.full() RETURNS trigger LANGUAGE plpgsql AS
$$BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END$$;
CREATE TRIGGER full_disk BEFORE INSERT ON sentiment.predictions EXECUTE FUNCTION sentiment.full();
"""


@pytest.fixture
def recording(start, database):
    """A service that records in the database."""
    return start("--predictions", "postgresql", SENTIMENT_DATABASE=database)


def run(*order, **variables):
    return subprocess.run(
        [sys.executable, str(ROOT / "run.py"), *map(str, order)],
        env=dict(os.environ) | variables,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def order(address, statement):
    connection = psycopg2.connect(address)
    with connection, connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()


def test_answers_and_what_customers_said_are_read_back_by_the_commands(recording, database):
    one = recording.post("/predict", {"review": "so soft", "title": "Hm"}).json()
    recording.post("/feedback", {"id": one["id"], "recommended": False})
    recording.get("/predict", review="warm")
    assert recording.end() == 0
    told = {"SENTIMENT_PREDICTIONS": "postgresql", "SENTIMENT_DATABASE": database}
    shown = run("predictions", "--json", **told)
    assert shown.returncode == 0, shown.stderr
    assert '"so soft"' in shown.stdout
    assert "2 predictions, 1 with what the customer said, in PostgreSQL" in run("predictions", **told).stdout
    assert "2 records were deleted from PostgreSQL" in run("predictions", "forget", one["id"], **told).stdout
    (kept,) = PostgreSQL(database).read().predictions
    assert (kept.review, kept.version) == ("warm", "3")


def test_told_to_end_under_load_it_records_what_it_answered(recording, database):
    def ask(_):
        return recording.post("/predict", {"reviews": ["soft", "warm"]}).json()["predictions"]

    with ThreadPoolExecutor(4) as pool:
        answered = {one["id"] for two in pool.map(ask, range(300)) for one in two}
    assert recording.end() == 0
    assert answered == {one.id for one in PostgreSQL(database).read().predictions}


def test_killed_it_has_recorded_all_but_the_last_moment(recording, database):
    first = recording.get("/predict", review="soft").json()["id"]
    wait_until(lambda: "sentiment_predictions_waiting 0.0" in recording.get("/metrics").text)
    recording.get("/predict", review="soft")
    recording.end(signal.SIGKILL)
    assert first in {one.id for one in PostgreSQL(database).read().predictions}


def test_a_database_that_is_away_loses_nothing_and_is_written_to_when_it_is_back(recording, database, postgresql):
    recording.get("/predict", review="before")
    wait_until(lambda: len(PostgreSQL(database).read().predictions) == 1)
    server = psutil.Process(postgresql.get_pid())
    server.send_signal(signal.SIGINT)
    server.wait(PATIENCE)
    try:
        with pytest.raises(ServiceError, match=r"the predictions in PostgreSQL \(.*\) cannot be read: "):
            PostgreSQL(database).read()
        assert recording.get("/predict", review="meanwhile").ok
        wait_until(lambda: "sentiment_predictions_failing 1.0" in recording.get("/metrics").text)
        assert recording.get("/predict", review="later").ok
    finally:
        postgresql.ensure_postgres_running()
    wait_until(lambda: "sentiment_predictions_failing 0.0" in recording.get("/metrics").text)
    assert [one.review for one in PostgreSQL(database).read().predictions] == ["before", "meanwhile", "later"]
    assert "sentiment_predictions_lost 0.0" in recording.get("/metrics").text
    recording.end()
    said = recording.process.stderr.read()
    assert said.count("the prediction log cannot be written, and records wait: PostgreSQL (") == 1
    assert "the prediction log is written again; 0 records were lost" in said


def test_one_that_is_not_there_yet_when_the_service_starts_keeps_nobody(start, database):
    missing = re.sub(r"/test_\w+", "/nowhere", database, count=1)
    service = start("--predictions", "postgresql", SENTIMENT_DATABASE=missing)
    assert service.get("/predict", review="soft").ok
    wait_until(lambda: "sentiment_predictions_failing 1.0" in service.get("/metrics").text)
    assert service.end() == 0
    said = service.process.stderr.read()
    assert 'database "nowhere" does not exist' in said
    assert "1 records were not written to the prediction log" in said


def test_one_that_hangs_keeps_neither_answers_nor_the_end(recording, database, postgresql):
    recording.get("/predict", review="before")
    wait_until(lambda: len(PostgreSQL(database).read().predictions) == 1)
    server = psutil.Process(postgresql.get_pid())
    processes = [server, *server.children()]
    for process in processes:
        with suppress(psutil.NoSuchProcess):  # the one of a connection that was just closed
            process.suspend()
    try:
        for _ in range(20):
            assert recording.get("/predict", review="meanwhile").ok
        assert recording.end() == 0
    finally:
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.resume()
    assert "records were not written to the prediction log" in recording.process.stderr.read()


def test_a_full_database_is_said_and_its_records_wait_within_bounds(database, caplog):
    order(database, "CREATE SCHEMA sentiment")
    table = Table(PostgreSQL(database))
    table.write([encode(prediction(0))])
    order(database, FULL)
    log = Writing(table, most_waiting=3)
    log.start()
    for number in range(1, 6):
        log.put(prediction(number))
    wait_until(lambda: log.failing)
    assert (log.waiting, log.lost) == (3, 2)
    assert "could not extend file" in caplog.text
    order(database, "DROP TRIGGER full_disk ON sentiment.predictions")
    wait_until(lambda: not log.waiting)
    log.close()
    assert [one.id for one in PostgreSQL(database).read().predictions] == ["p0", "p1", "p2", "p3"]


def test_many_make_the_tables_at_once_and_they_are_there_once(database):
    def make(number):
        table = Table(PostgreSQL(database))
        table.write([encode(prediction(number))])
        table.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(make, range(8)))
    assert len(PostgreSQL(database).read().predictions) == 8


def test_older_tables_are_brought_up_to_date_and_newer_ones_refused(database, monkeypatch):
    connection = PostgreSQL(database).connect()
    migrate(connection)
    more = (*MIGRATIONS, "ALTER TABLE sentiment.predictions ADD COLUMN language text")
    monkeypatch.setattr("sentiment.service.predictions.tables.MIGRATIONS", more)
    migrate(connection)
    assert version_of(connection) == 2
    connection.commit()
    Table(PostgreSQL(database)).write([encode(prediction(1))])
    monkeypatch.undo()
    with pytest.raises(OSError, match="the tables are of version 2, and this one knows 1; upgrade the service"):
        migrate(connection)
    connection.close()
    assert len(PostgreSQL(database).read().predictions) == 1


def test_a_database_that_cannot_keep_every_text_is_refused(postgresql, database):
    postgresql.psql("CREATE DATABASE latin ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0;")
    with pytest.raises(OSError, match="keeps text as LATIN1; a database in UTF8 expected"):
        Table(PostgreSQL(postgresql.get_uri(database="latin"))).write([encode(prediction(1))])


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({}, "in the variable SENTIMENT_DATABASE, or in the file that SENTIMENT_DATABASE_FILE names"),
        ({"SENTIMENT_DATABASE": f"mysql://a:{SECRET}@h/d"}, "the variable SENTIMENT_DATABASE holds no address"),
        ({"SENTIMENT_DATABASE": f"postgresql://a:{SECRET}%zz@h/d"}, "the variable SENTIMENT_DATABASE holds no address"),
        ({"SENTIMENT_DATABASE": f"postgresql://a:{SECRET}@[h/d"}, "the variable SENTIMENT_DATABASE holds no address"),
        ({"SENTIMENT_DATABASE_FILE": "nowhere.txt"}, "cannot be read from nowhere.txt"),
    ],
)
@pytest.mark.parametrize("command", [("serve", "--model", "x", "--port", "0"), ("predictions",)])
def test_what_is_no_address_is_said_before_anything_begins_and_never_shown(command, variables, said):
    done = run(*command, **{"SENTIMENT_PREDICTIONS": "postgresql", **variables})
    assert done.returncode == 2
    assert said in done.stderr
    assert SECRET not in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


def test_an_address_comes_from_a_file_too_and_its_password_is_in_no_message(tmp_path):
    file = tmp_path / "address"
    file.write_text(f"postgresql://a:{SECRET}@127.0.0.1:9/d\n")
    told = {"SENTIMENT_DATABASE_FILE": str(file), "PGCONNECT_TIMEOUT": "1"}
    done = run("predictions", "--log", "postgresql", **told)
    assert done.returncode == 1
    assert "the predictions in PostgreSQL (127.0.0.1, d) cannot be read: " in done.stderr
    assert SECRET not in done.stderr + run("-v", "predictions", "--log", "postgresql", **told).stderr


@pytest.mark.parametrize("where", ["-", "none"])
def test_what_was_not_kept_cannot_be_read_and_that_is_said(where):
    done = run("predictions", SENTIMENT_PREDICTIONS=where)
    assert done.returncode == 2
    assert "so there is nothing to read" in done.stderr


def test_a_driver_that_is_missing_is_named_with_what_installs_it(tmp_path):
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['psycopg2'] = None\n")
    done = run(
        *("serve", "--model", "x", "--port", "0", "--predictions", "postgresql"),
        SENTIMENT_DATABASE="postgresql://h/d",
        PYTHONPATH=str(tmp_path),
    )
    assert done.returncode == 2
    assert "PostgreSQL needs psycopg2, which is not installed: `make install-postgresql`" in done.stderr
