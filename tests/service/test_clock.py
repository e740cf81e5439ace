"""A clock that is set while the service runs loses nothing of the prediction log."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

import pytest

from sentiment.service.predictions import encode, read_log
from sentiment.service.predictions.clock import Clock
from sentiment.service.predictions.folder import SEGMENT_AGE, Folder
from tests.service.test_prediction_log import prediction

DAY = 86_400.0
START = datetime(2026, 3, 1, tzinfo=UTC).timestamp()


class Time:
    """Two clocks, of which one is set."""

    def __init__(self):
        self.wall, self.steady = START, 50.0
        self.clock = Clock(lambda: self.wall, lambda: self.steady)

    def passes(self, seconds):
        self.wall += seconds
        self.steady += seconds


@pytest.fixture
def times():
    return Time()


@pytest.fixture
def folder(tmp_path, times):
    folder = Folder(tmp_path / "log", clock=times.clock)
    folder.write([encode(prediction(1))])
    (segment,) = (tmp_path / "log").glob("*.jsonl")
    os.utime(segment, (START, START))
    return folder


def ids(tmp_path):
    return [one.id for one in read_log(tmp_path / "log").predictions]


def test_time_that_passes_is_no_change(times):
    times.passes(400 * DAY)
    assert times.clock.changed() is None
    assert times.clock.elapsed() == timedelta(days=400)
    assert times.clock.now() == datetime.fromtimestamp(START, UTC) + timedelta(days=400)


@pytest.mark.parametrize("days", [-365, 365])
def test_a_clock_that_is_set_deletes_nothing_and_that_is_said(times, folder, tmp_path, days):
    times.wall += days * DAY
    with pytest.raises(OSError, match=f"the clock was set by {days} days, 0:00:00 while this ran"):
        folder.tidy()
    times.passes(SEGMENT_AGE.total_seconds())
    folder.write([encode(prediction(2))])
    folder.close()
    assert len(list((tmp_path / "log").glob("*.jsonl"))) == 2
    assert ids(tmp_path) == ["p1", "p2"]


def test_a_segment_ends_after_its_time_by_the_clock_that_nobody_sets(times, folder, tmp_path):
    times.wall += 365 * DAY
    folder.write([encode(prediction(2))])
    assert len(list((tmp_path / "log").glob("*.jsonl"))) == 1
    times.wall -= 365 * DAY
    times.passes(SEGMENT_AGE.total_seconds())
    folder.write([encode(prediction(3))])
    folder.close()
    assert len(list((tmp_path / "log").glob("*.jsonl"))) == 2


def test_what_is_really_old_goes(times, folder, tmp_path):
    times.passes(31 * DAY)
    folder.tidy()
    folder.close()
    assert ids(tmp_path) == []


def test_the_clock_of_this_machine_was_not_set():
    assert Clock().changed() is None
