"""The life of a service: it starts only with what it can vouch for, and ends without losing anything."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
import requests

from sentiment.models.pair_scorer import scorer_of
from sentiment.service.answers import Answerer
from sentiment.service.predictions import Feedback, read_log
from sentiment.service.predictions.folder import Folder, forget
from sentiment.service.predictions.record import encode
from sentiment.service.predictions.writing import Writing
from tests.conftest import ROOT
from tests.service.conftest import PATIENCE, wait_until
from tests.service.test_prediction_log import NOON, prediction


def serve(*options, **variables):
    return subprocess.run(
        [sys.executable, str(ROOT / "run.py"), "serve", *map(str, options)],
        env=dict(os.environ) | variables,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        ("review=5", "'review=5' is no limit; NAME=NUMBER expected, of: body_bytes, reviews"),
        ("reviews", "the limit reviews is ''; a whole number above 0 expected"),
        ("reviews=1.5", "the limit reviews is '1.5'; a whole number above 0 expected"),
        ("seconds=inf", "the limit seconds is inf; a number above 0 expected"),
        ("seconds=nan", "the limit seconds is nan; a number above 0 expected"),
        ("depth=0", "the limit depth is 0; a number above 0 expected"),
    ],
)
def test_what_is_no_limit_is_refused_before_anything_is_loaded(downloaded, limit, said):
    for refused in (
        serve("--model", downloaded, "--limit", limit),
        serve("--model", downloaded, SENTIMENT_LIMITS=limit),
    ):
        assert refused.returncode == 2
        assert said in refused.stderr


def asked_until_it_ends(service, answered, failed):
    """Ask again and again; a request that was accepted must be answered."""
    session = requests.Session()
    while True:
        try:
            answer = session.get(f"{service.address}/predict", params={"review": "soft"}, timeout=PATIENCE)
        except requests.ConnectionError as error:
            if "reset" in str(error).lower() or "refused" in str(error).lower() or "aborted" in str(error).lower():
                return
            failed.append(error)
            return
        if answer.ok:
            answered.append(answer.json()["id"])
        elif answer.status_code != 503:
            failed.append(answer.text)


def test_told_to_end_under_load_it_answers_and_records_what_it_accepted(start):
    service = start()
    answered, failed = [], []
    threads = [threading.Thread(target=asked_until_it_ends, args=(service, answered, failed)) for _ in range(4)]
    for thread in threads:
        thread.start()
    wait_until(lambda: len(answered) > 200)
    assert service.end() == 0
    for thread in threads:
        thread.join(PATIENCE)
    assert failed == []
    assert set(answered) <= {one.id for one in read_log(service.log).predictions}


def test_killed_it_leaves_a_log_that_is_read_and_misses_only_the_last_moment(start):
    service = start()
    first = service.get("/predict", review="soft").json()["id"]
    wait_until(lambda: len(read_log(service.log).predictions) == 1)
    service.get("/predict", review="soft")
    service.end(signal.SIGKILL)
    assert first in {one.id for one in read_log(service.log).predictions}


def test_a_model_that_was_changed_is_never_served(downloaded, tmp_path):
    changed = tmp_path / "changed"
    shutil.copytree(downloaded, changed)
    (changed / "model" / "data" / "files" / "vectorizer.txt").write_text("other\n")
    done = serve("--model", changed, "--port", "0", "--predictions", "none")
    assert done.returncode == 1
    assert "vectorizer.txt was changed" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_model_that_answers_otherwise_than_it_did_is_never_served(downloaded, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(downloaded, other)
    described = (other / "version.json").read_text()
    start = described.index('probability\\": 0.') + len('probability\\": 0.')
    digit = str((int(described[start]) + 5) % 10)
    (other / "version.json").write_text(described[:start] + digit + described[start + 1 :])
    done = serve("--model", other, "--port", "0", "--predictions", "none")
    assert done.returncode == 1
    assert "answers otherwise than when it was trained" in done.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--model", "nowhere"), "nowhere is no downloaded version"),
        (("--model", "x", "--host", "0.0.0.0"), "requests must bring a token"),  # noqa: S104
        (("--model", "x", "--token-file", "nowhere"), "the token cannot be read from nowhere"),
        (("--model", "x", "--host", "no.such.host.invalid", "--no-token"), "cannot be listened on"),
    ],
)
def test_what_cannot_be_served_is_said_before_anything_is(options, said, tmp_path):
    done = serve(*options, "--port", "0", "--predictions", tmp_path / "log")
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_short_token_is_refused_and_not_shown(tmp_path):
    done = serve("--model", "x", "--port", "0", SENTIMENT_TOKEN="hunter2")
    assert done.returncode == 2
    assert "holds 7 characters as a token" in done.stderr
    assert "hunter2" not in done.stderr


def test_a_port_that_is_taken_is_said(downloaded):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = serve("--model", downloaded, "--predictions", "none", PORT=str(port))
    assert done.returncode == 2
    assert f"127.0.0.1 port {port} cannot be listened on" in done.stderr


def test_it_goes_on_where_the_log_cannot_be_written(start):
    service = start()
    shutil.rmtree(service.log)
    service.log.write_text("no folder")
    first = service.get("/predict", review="soft").json()["id"]
    wait_until(lambda: "sentiment_predictions_failing 1.0" in service.get("/metrics").text)
    assert "sentiment_predictions_waiting 1.0" in service.get("/metrics").text
    service.log.unlink()
    service.log.mkdir()
    second = service.get("/predict", review="soft").json()["id"]
    wait_until(lambda: "sentiment_predictions_failing 0.0" in service.get("/metrics").text)
    assert [one.id for one in read_log(service.log).predictions] == [first, second]
    assert "sentiment_predictions_lost 0.0" in service.get("/metrics").text
    service.end()
    assert service.process.stderr.read().count("the prediction log cannot be written, and records wait") == 1


def test_a_full_disk_is_said_and_loses_nothing_that_there_is_room_to_remember(start, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"needs the right to mount: {mounted.stderr.decode().strip()}")
    try:
        service = start("--predictions", str(disk / "log"))
        told = [service.post("/predict", {"review": f"soft {number} " * 500}).json()["id"] for number in range(40)]
        wait_until(lambda: "sentiment_predictions_failing 1.0" in service.get("/metrics").text)
        assert service.get("/health/ready").ok
        kept = read_log(disk / "log")
        assert kept.broken == []
        assert len(kept.predictions) < len(told)
        subprocess.run(["mount", "-o", "remount,size=16m", disk], check=True)
        wait_until(lambda: "sentiment_predictions_waiting 0.0" in service.get("/metrics").text)
        assert [one.id for one in read_log(disk / "log").predictions] == told
        service.end()
        assert "No space left on device" in service.process.stderr.read()
    finally:
        subprocess.run(["umount", disk], check=True)


def test_a_model_folder_that_may_only_be_read_is_served(start, downloaded, tmp_path):
    folder = tmp_path / "read-only"
    shutil.copytree(downloaded, folder)
    mounted = subprocess.run(["mount", "--bind", "-o", "ro", folder, folder], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip(f"needs the right to mount: {mounted.stderr.decode().strip()}")
    try:
        with pytest.raises(OSError, match="Read-only"):
            (folder / "new").touch()
        service = start(model=folder)
        assert service.get("/predict", review="soft").ok
        service.end()
    finally:
        subprocess.run(["umount", folder], check=True)


def test_a_proxy_in_the_environment_changes_nothing(start):
    proxy = dict.fromkeys(("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy"), "http://127.0.0.1:9")
    service = start(**proxy)
    assert service.get("/predict", review="soft").ok


def test_it_needs_neither_zenml_nor_mlflow_nor_pandas_nor_tensorflow(downloaded, model):
    code = f"""
import sys
for name in ("zenml", "mlflow", "pandas", "tensorflow", "keras"):
    sys.modules[name] = None
import commands.root, sentiment.service.application.server
from pathlib import Path
from sentiment.service.served import load_served
served = load_served(Path({str(downloaded)!r}))
one, *_ = served.answerer.answer(["soft and flattering"], ["Love it"])
many = served.answerer.answer(["soft and flattering", "itchy"], ["Love it", ""])
print(one.probability, many[0].probability)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, done.stderr
    (expected,) = Answerer(scorer_of(model)).answer(["soft and flattering"], ["Love it"])
    assert [float(found) for found in done.stdout.split()] == pytest.approx([expected.probability] * 2, abs=1e-9)


def test_segments_change_with_their_size_and_old_ones_are_dropped(tmp_path):
    old = tmp_path / "20200101T000000-1-1.jsonl"
    old.write_bytes(encode(prediction(1)) + b"\n")
    long_ago = (datetime.now(UTC) - timedelta(days=40)).timestamp()
    os.utime(old, (long_ago, long_ago))
    target = Folder(tmp_path, segment_bytes=300)
    for number in range(10, 13):
        target.write([encode(prediction(number))])
    target.close()
    assert not old.exists()
    assert len(list(tmp_path.glob("*.jsonl"))) > 1
    assert [one.id for one in read_log(tmp_path).predictions] == ["p10", "p11", "p12"]


def test_what_is_forgotten_is_gone_while_the_service_goes_on(tmp_path):
    target = Folder(tmp_path)
    target.write([encode(prediction(number)) for number in range(4)])
    assert forget(tmp_path, lambda one: one.time < NOON + timedelta(minutes=2)) == 2
    target.write([encode(prediction(9))])
    target.close()
    assert [one.id for one in read_log(tmp_path).predictions] == ["p2", "p3", "p9"]
    assert not any(b'"p0"' in path.read_bytes() for path in tmp_path.iterdir())


def test_the_log_is_for_its_owner_alone(tmp_path):
    target = Folder(tmp_path / "log")
    target.write([encode(prediction(1))])
    target.close()
    (segment,) = (tmp_path / "log").glob("*.jsonl")
    assert segment.stat().st_mode & 0o077 == 0
    assert segment.parent.stat().st_mode & 0o077 == 0


class Stuck:
    """A disk that takes nothing."""

    def write(self, _):
        raise OSError("no space left")

    def tidy(self):
        raise OSError("read-only")

    def close(self):
        pass


def test_texts_that_wait_are_bounded_by_their_size():
    log = Writing(Stuck(), most_bytes=3_000)
    for number in range(4):
        log.put(msgspec.structs.replace(prediction(number), review="x" * 1_000))
    assert (log.waiting, log.lost) == (2, 2)
    log.put(msgspec.structs.replace(prediction(9), review=None))
    assert log.waiting == 3


def test_what_is_too_old_goes_even_where_nobody_asks_anything(tmp_path):
    target = Folder(tmp_path / "log", retention=timedelta(days=1))
    target.write([b"{}"])
    (segment,) = (tmp_path / "log").glob("*.jsonl")
    two_days_ago = (datetime.now(UTC) - timedelta(days=2)).timestamp()
    os.utime(segment, (two_days_ago, two_days_ago))
    log = Writing(target, tidy_after=0.0)
    log.start()
    wait_until(lambda: not segment.exists())
    log.put(prediction(1))
    log.close()
    (begun_anew,) = (tmp_path / "log").glob("*.jsonl")
    assert begun_anew.read_bytes().count(b"\n") == 1


def test_a_log_that_cannot_be_tidied_goes_on_keeping(caplog):
    log = Writing(Stuck(), tidy_after=0.0)
    log.start()
    wait_until(lambda: "cannot be deleted" in caplog.text)
    log.put(prediction(1))
    log.close()
    assert "what is too old cannot be deleted from the prediction log: read-only" in caplog.text
    assert log.lost == 1


def test_what_cannot_be_kept_is_counted_and_never_waited_for(caplog):
    log = Writing(Stuck(), most_waiting=5)
    for number in range(8):
        log.put(prediction(number))
    assert log.lost == 3
    log.start()
    wait_until(lambda: log.failing)
    log.put(prediction(8))
    assert (log.waiting, log.lost) == (5, 4)
    wait_until(lambda: "too many records wait, and more are lost: no space left" in caplog.text)
    log.close()
    assert log.lost == 9
    assert "5 records were not written to the prediction log" in caplog.text


class Picky:
    """A target that takes no feedback, whenever it is asked."""

    def __init__(self):
        self.kept = []

    def write(self, lines):
        if any(b"feedback" in line for line in lines):
            raise ValueError("no feedback here")
        self.kept += lines

    def tidy(self):
        pass

    def close(self):
        pass


def test_what_will_never_be_kept_holds_nothing_else_up(caplog):
    target = Picky()
    log = Writing(target)
    log.start()
    log.put(Feedback("p1", NOON, True))
    wait_until(lambda: log.lost == 1)
    log.put(prediction(1))
    log.close()
    assert target.kept == [encode(prediction(1))]
    assert "the prediction log lost 1 records: no feedback here" in caplog.text


class Hanging(Picky):
    """A target that takes for ever."""

    def write(self, _):
        threading.Event().wait()


def test_a_target_that_hangs_does_not_keep_a_service_from_ending(monkeypatch, caplog):
    monkeypatch.setattr("sentiment.service.predictions.writing.CLOSE_SECONDS", 0.1)
    log = Writing(Hanging())
    log.start()
    log.put(prediction(1))
    log.close()
    assert log.lost == 1
