"""The latest predictions come from the ends of the newest segments, however large the log is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sentiment.service.predictions import Feedback, Prediction, encode
from sentiment.service.predictions.latest import latest

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


def prediction(number):
    at = NOON + timedelta(seconds=number)
    return Prediction(f"id-{number}", at, "3", "digest", 0.5, True, 4, 1, 1, False, review="soft")


def write(folder, name, records, tail=b""):
    (folder / f"{name}.jsonl").write_bytes(b"".join(encode(one) + b"\n" for one in records) + tail)


def ids(folder, count=3):
    return [one.id for one in latest(folder, count)]


def test_nothing_is_found_where_no_log_is(tmp_path):
    assert latest(tmp_path / "none", 3) == []


def test_the_newest_come_first_from_whatever_segment(tmp_path):
    write(tmp_path, "20260131T120000", [prediction(1), prediction(4)])
    write(tmp_path, "20260131T120002", [prediction(2), prediction(3)])
    assert ids(tmp_path) == ["id-4", "id-3", "id-2"]


def test_feedback_and_half_a_line_are_passed_over(tmp_path):
    write(tmp_path, "one", [prediction(1), Feedback("id-1", NOON, True)], tail=b'{"kind":"predic')
    assert ids(tmp_path) == ["id-1"]


def test_only_the_end_of_a_large_segment_is_read(tmp_path):
    write(tmp_path, "one", map(prediction, range(5_000)))
    assert (tmp_path / "one.jsonl").stat().st_size > 2 * 2**18
    found = latest(tmp_path, 5_000)
    assert [one.id for one in found[:2]] == ["id-4999", "id-4998"]
    assert 20 < len(found) < 2_500
