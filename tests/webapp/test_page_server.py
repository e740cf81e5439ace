"""The page's port: a request has limits there too, and no name but this machine's own reaches the page."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress

import pytest
import requests

from sentiment.service.loopback import free_port
from sentiment.webapp.page_server import PROTOCOLS
from tests.another_release import released
from tests.conftest import ROOT
from tests.service.attacks import HOST, MB, connected, endless, send, unread
from tests.service.conftest import wait_until

PATIENCE = 60
UPGRADE = (
    b"GET /_stcore/stream HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
)


@pytest.fixture
def start(tmp_path):
    """Start processes, which are ended when the test is over."""
    started = []

    def start_one(*arguments, cwd=tmp_path):
        process = subprocess.Popen(
            [sys.executable, *map(str, arguments)],
            cwd=cwd,
            env={**os.environ, "SENTIMENT_PREDICTIONS": "none"},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        started.append(process)
        return process

    yield start_one
    for process in started:
        process.terminate()
        process.wait(PATIENCE)
        process.stdout.close()


def answered(address, sent):
    with connected(address) as connection:
        connection.sendall(sent)
        return int(connection.recv(2**12).split()[1])


def test_the_page_is_for_this_machine_and_a_client_cannot_make_it_hold_much(start):
    page = start(ROOT / "run.py", "page", "--service", "http://127.0.0.1:9", "--no-open")
    address = page.stdout.readline().strip()
    port = address.rpartition(":")[2].encode()
    own, rebound = b"127.0.0.1:" + port, b"evil.example:" + port
    for host, origin, expected in ((own, own, 101), (rebound, rebound, 403), (own, b"evil.example", 403)):
        headers = b"Host: " + host + b"\r\nOrigin: http://" + origin + b"\r\n\r\n"
        assert answered(address, UPGRADE + headers) == expected
    health = b"GET /_stcore/health HTTP/1.1\r\n"
    for start_of, part in ((health + b"X-Long: ", b"x"), (health, b"a:b\r\n"), (b"GET /", b"x")):
        assert send(address, endless(start_of, part, 100 * MB), PATIENCE) < 16 * MB
    assert send(address, endless(*unread(b"/_stcore/health"), 100 * MB), 3) < 16 * MB
    assert answered(address, health + HOST + b"\r\n") == 200


def test_with_another_uvicorn_the_page_is_there(start):
    port = free_port(8_600, only=False)
    options = ["--server.headless=true", "--server.address=127.0.0.1", f"--server.port={port}"]
    program = ("sentiment/webapp/page_server.py", "run", "sentiment/webapp/page.py", *options)
    start(*released("removed", PROTOCOLS), *program, cwd=ROOT)

    def answers():
        with suppress(requests.ConnectionError):
            return requests.get(f"http://127.0.0.1:{port}/_stcore/health", timeout=PATIENCE).ok
        return False

    wait_until(answers)
