"""Every place that the prediction log may lie in keeps one contract."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from sentiment.service.predictions import Feedback, encode
from sentiment.service.predictions.folder import Folder, Segments
from sentiment.service.predictions.postgresql import PostgreSQL, Table
from tests.service.test_prediction_log import NOON, prediction


@pytest.fixture(params=["folder", "postgresql"])
def store(request, tmp_path):
    if request.param == "folder":
        return Segments(tmp_path / "log")
    return PostgreSQL(request.getfixturevalue("database"))


def write(store, *records):
    target = store.target()
    target.write([encode(one) for one in records])
    target.close()


def ids(records):
    return [one.id for one in records]


def test_nothing_is_found_where_nothing_was_recorded(store):
    log = store.read()
    assert (len(log.predictions), len(log.feedback), len(log.broken)) == (0, 0, 0)
    assert store.latest(3) == []
    assert store.forget(["p1"], before=NOON) == 0


def test_records_come_back_equal_in_the_order_of_their_time_and_once(store):
    hostile = 'a "quoted"\nreview \u2028 of \\u0000 [two] lines, 柔らかい 😍 \'; DROP TABLE x; %s'
    second = prediction(2, review=hostile, title="", milliseconds=1.5, probability=0.1 + 0.2)
    said = Feedback("p1", NOON, True)
    write(store, second, prediction(1), said)
    write(store, prediction(1, probability=0.75), said)
    log = store.read()
    assert log.predictions == [prediction(1), second]
    assert said in log.feedback
    assert ids(store.read(since=second.time).predictions) == ["p2"]
    assert store.read(since=second.time).feedback


def test_the_latest_come_first(store):
    write(store, *map(prediction, (3, 1, 4, 2)))
    assert ids(store.latest(3)) == ["p4", "p3", "p2"]


def test_what_is_forgotten_is_gone_with_what_was_said_of_it(store):
    write(store, *map(prediction, range(4)), Feedback("p1", NOON, True), Feedback("p3", NOON, True))
    assert store.forget(["p1", "unknown"]) == 2
    assert store.forget([], before=prediction(2).time) == 1
    log = store.read()
    assert (ids(log.predictions), ids(log.feedback)) == (["p2", "p3"], ["p3"])


def test_a_target_goes_on_after_somebody_forgot(store):
    target = store.target()
    target.write([encode(prediction(1))])
    store.forget(["p1"])
    target.write([encode(prediction(2))])
    target.close()
    assert ids(store.read().predictions) == ["p2"]


def test_it_says_where_it_is_and_no_secret(tmp_path):
    assert str(Segments(tmp_path)) == str(tmp_path)
    assert str(PostgreSQL("postgresql://ada:hunter2@db.example/shop")) == "PostgreSQL (db.example, shop)"


def test_what_is_older_than_the_retention_goes(tmp_path, database):
    now = datetime.now(UTC)
    old, new = (prediction(number, time=now - timedelta(days=days)) for number, days in ((1, 31), (2, 29)))
    table = Table(PostgreSQL(database))
    table.write([encode(old), encode(new), encode(Feedback("p1", old.time, True))])
    table.tidy()
    table.close()
    log = PostgreSQL(database).read()
    assert (ids(log.predictions), ids(log.feedback)) == (["p2"], [])
    Folder(tmp_path / "log").tidy()  # that of a folder is tried beside its segments


def test_the_character_that_a_database_cannot_keep_is_replaced_and_the_others_stay(database):
    store = PostgreSQL(database)
    write(store, prediction(1, review="so\0soft \\u0000", title="\0"), prediction(2, review="warm"))
    kept = store.read().predictions
    assert [(one.review, one.title) for one in kept] == [("so\ufffdsoft \\u0000", "\ufffd"), ("warm", None)]
    assert msgspec.structs.replace(kept[0], review=None, title=None) == prediction(1)
