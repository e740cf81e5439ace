"""An alarm reaches a webhook: tried again where it fails, in bounded time, and the address is shown nowhere."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from commands import judging
from commands.project import MONITORING_CONFIG
from sentiment.monitoring import alert
from sentiment.monitoring.history import History
from tests.monitoring.test_judging import watched


@pytest.fixture
def webhook(monkeypatch) -> Iterator[tuple[str, list[bytes], list[int]]]:
    """An address, what was posted there, and the statuses that it answers with, the last of them for ever."""
    monkeypatch.setattr(alert, "_PAUSE", 0)
    posted: list[bytes] = []
    statuses = [200]

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            posted.append(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(statuses.pop(0) if len(statuses) > 1 else statuses[0])
            self.send_header("location", "/elsewhere")
            self.end_headers()

        def do_GET(self):
            posted.append(b"a GET without the alarm")
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/secret", posted, statuses
    server.shutdown()
    server.server_close()


def test_an_alarm_is_posted_once_as_json(webhook):
    address, posted, _ = webhook
    assert alert.post(watched("w"), address) is None
    (body,) = posted
    assert json.loads(body)["alarm"] == "w"
    assert alert.post(watched("w"), None) is None


def test_what_fails_is_tried_again_and_then_said_without_the_address(webhook):
    address, posted, statuses = webhook
    statuses[:] = [503, 200]
    assert alert.post(watched("w"), address) is None
    assert len(posted) == 2
    statuses[:] = [500]
    assert alert.post(watched("w"), address) == "status 500, 3 times"
    assert len(posted) == 5
    assert alert.post(watched("w"), "http://127.0.0.1:9/secret") == "ConnectionError, 3 times"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_and_is_a_failure_that_is_tried_again(webhook, status):
    address, posted, statuses = webhook
    statuses[:] = [status]
    said = alert.post(watched("w"), address)
    assert said == f"status {status} (a redirect, which is not followed), 3 times"
    assert [json.loads(body)["alarm"] for body in posted] == ["w", "w", "w"]
    statuses[:] = [status, 204]
    assert alert.post(watched("w"), address) is None


@pytest.mark.parametrize("status", [304, 399, 404])
def test_only_2xx_is_delivered(webhook, status):
    address, _, statuses = webhook
    statuses[:] = [status]
    assert alert.post(watched("w"), address) == f"status {status}, 3 times"


def test_an_alarm_that_the_webhook_did_not_accept_is_posted_by_a_later_run_while_the_cool_down_lasts(
    webhook, tmp_path, monkeypatch, capsys
):
    address, posted, statuses = webhook
    history = History(tmp_path / "history.jsonl")
    monkeypatch.setattr(judging, "kept_windows", lambda: history)
    monkeypatch.setenv(judging.WEBHOOK_VARIABLE, address)
    now = datetime.now(UTC)
    history.keep(watched("late", at=now), cool_down=timedelta(0))
    statuses[:] = [302]
    assert judging.ring_untold(MONITORING_CONFIG)
    said = capsys.readouterr().err
    assert "The webhook did not accept the alarm of window late: status 302" in said
    assert address not in said
    posted.clear()
    statuses[:] = [200]
    assert not judging.ring_untold(MONITORING_CONFIG)  # it is no new alarm: nothing is trained again
    assert [json.loads(body)["alarm"] for body in posted] == ["late"]
    assert not judging.ring_untold(MONITORING_CONFIG)
    assert len(posted) == 1
    history.delivered("late", accepted=False)
    assert history.undelivered(after=now) == []
    assert [one.window for one in history.undelivered(after=now - timedelta(hours=1))] == ["late"]


def test_a_message_for_people_has_its_reasons_and_what_to_do():
    shown = alert.for_people(watched("w"))
    assert shown.splitlines()[0] == "Alarm: version 3, 0 predictions, window w"
    assert "- nothing" in shown
    assert shown.endswith("python run.py monitor ack w --why REASON")
