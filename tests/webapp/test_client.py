"""What the page makes of a server that is not what it should be: real servers on loopback, each with one habit."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from sentiment.errors import InputError, ServiceError
from sentiment.webapp.client import Service


@contextmanager
def answering(status, body, **headers):
    """Run a server that gives one answer; yields it and the paths that it was asked for."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["content-length"]))
            self.do_GET()

        def do_GET(self):
            asked.append(self.path)
            self.send_response(status)
            for name, value in {**headers, "content-length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


@pytest.mark.parametrize("body", [b"<html>", b"[1]", b'{"ok": true}', b'{"predictions": []}', b'{"predictions": 3}'])
def test_another_server_is_told_from_a_service(body):
    with answering(200, body) as (address, _), pytest.raises(ServiceError, match="no service of this project"):
        Service(address).ask(["soft"], [""])


def test_what_customers_wrote_is_sent_nowhere_else():
    with (
        answering(200, b'{"predictions": [{}]}') as (elsewhere, asked),
        answering(307, b"{}", location=f"{elsewhere}/predict") as (address, _),
        pytest.raises(ServiceError, match="no service of this project"),
    ):
        Service(address).ask(["soft"], [""])
    assert asked == []


def test_a_refusal_is_the_users_to_mend_and_a_failure_is_the_services():
    with answering(422, b'{"detail": "row 3: too long"}') as (address, _), pytest.raises(InputError, match="row 3"):
        Service(address).ask(["soft"], [""])
    with answering(503, b'{"detail": "busy"}') as (address, _), pytest.raises(ServiceError, match="answered 503: busy"):
        Service(address).model()
