"""An alarm reaches a webhook: tried again where it fails, in bounded time, and the address is shown nowhere."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from sentiment.monitoring import alert
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


def test_a_message_for_people_has_its_reasons_and_what_to_do():
    shown = alert.for_people(watched("w"))
    assert shown.splitlines()[0] == "Alarm: version 3, 0 predictions, window w"
    assert "- nothing" in shown
    assert shown.endswith("python run.py monitor ack w --why REASON")
