"""The prediction log is read back as it was written, whatever happened to the service that wrote it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sentiment.service.predictions import Feedback, Prediction, decode, encode, read_log

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def prediction(number, **changed):
    fields = {
        "id": f"p{number}",
        "time": NOON + timedelta(minutes=number),
        "version": "3",
        "digest": "d" * 64,
        "probability": 0.25,
        "recommended": False,
        "characters": 11,
        "words": 2,
        "known_words": 1,
        "has_title": False,
    }
    return Prediction(**fields | changed)


def test_a_record_is_one_line_and_comes_back_equal():
    record = prediction(1, review='a "quoted"\nreview \u2028 of [two] lines', title="", milliseconds=1.5)
    line = encode(record)
    assert b"\n" not in line
    assert decode(line) == record
    said = Feedback(id="p1", time=NOON, recommended=True)
    assert decode(encode(said)) == said


def test_a_log_is_ordered_and_names_its_broken_lines(tmp_path):
    half = encode(prediction(9))[:40]
    (tmp_path / "b.jsonl").write_bytes(b"\n".join([encode(prediction(1)), half, encode(prediction(0)), b""]))
    (tmp_path / "a.jsonl").write_bytes(
        encode(prediction(2)) + b"\n" + encode(Feedback("p1", NOON, False)) + b"\n\xff\xfe\n"
    )
    log = read_log(tmp_path)
    assert [record.id for record in log.predictions] == ["p0", "p1", "p2"]
    assert [record.id for record in log.feedback] == ["p1"]
    assert sorted(log.broken) == ["a.jsonl:3", "b.jsonl:2"]
    assert [record.id for record in read_log(tmp_path, since=NOON + timedelta(minutes=1)).predictions] == ["p1", "p2"]


def test_a_record_written_twice_counts_once(tmp_path):
    (tmp_path / "a.jsonl").write_bytes((encode(prediction(1)) + b"\n") * 2)
    assert len(read_log(tmp_path).predictions) == 1


def test_no_log_yet_is_an_empty_one(tmp_path):
    log = read_log(tmp_path / "none")
    assert (len(log.predictions), len(log.feedback), len(log.broken)) == (0, 0, 0)
