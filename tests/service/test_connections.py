"""However many connect and say nothing, or next to nothing: whoever asks is answered."""

from __future__ import annotations

import resource
import select
import socket
import time
from contextlib import ExitStack, suppress
from dataclasses import replace
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
import requests

from sentiment.service.application.connections import CONNECTIONS, NEWEST_REQUEST, TRANSPORT
from sentiment.service.application.protocol import OVERRIDES
from tests.another_release import released
from tests.service.conftest import PATIENCE, wait_until

MANY = 10_000
OF_HTTPTOOLS = {part.attribute: part for part in OVERRIDES}
CYCLES = (OF_HTTPTOOLS["HttpToolsProtocol.cycle"], replace(NEWEST_REQUEST, attribute="H11Protocol.cycle"))
"""The outermost of the names in `NEWEST_REQUEST`, of both of uvicorn's implementations."""


@pytest.fixture
def connect(monkeypatch):
    """Open connections to a service; all are closed at the end."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (before[1], before[1]))
    with ExitStack() as opened:

        def some(service, count, said=b""):
            address = urlsplit(service.address)
            connections = []
            for _ in range(count):
                one = opened.enter_context(socket.create_connection((address.hostname, address.port), PATIENCE))
                one.sendall(said)
                connections.append(one)
            return connections

        yield some
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def is_closed(connection):
    connection.settimeout(PATIENCE)
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


@pytest.mark.parametrize("count", [1_000, pytest.param(MANY, marks=pytest.mark.slow)])
def test_idle_connections_keep_nobody_out_and_are_closed_after_a_time(start, connect, count):
    if resource.getrlimit(resource.RLIMIT_NOFILE)[1] < 1.3 * count:
        pytest.skip(f"needs the right to have {1.3 * count:,.0f} files open")
    service = start("--limit", "seconds=5")
    connections = connect(service, count)
    assert service.get("/predict", review="soft").ok
    for one in connections:
        assert is_closed(one)
    assert service.get("/predict", review="soft").ok


@pytest.mark.parametrize("said", [b"POST /pre", b"GET /model HTTP/1.1\r\nhost: x\r\nx-slow: ", b"\r\n"])
def test_a_head_that_never_ends_is_waited_for_as_long_as_a_body(start, connect, said):
    service = start("--limit", "seconds=1")
    for one in connect(service, 3, said):
        assert is_closed(one)
    assert service.get("/predict", review="soft").ok


def test_the_oldest_make_room_where_there_are_more_than_the_system_allows(start, connect):
    service = start()
    resource.prlimit(service.process.pid, resource.RLIMIT_NOFILE, (256, 256))

    def answers():
        with suppress(requests.ConnectionError):  # until it has looked, the system itself refuses new ones
            return service.get("/predict", review="soft").ok
        return False

    connections = connect(service, 300)
    wait_until(answers)
    assert any(map(is_closed, select.select(connections, [], [], 0)[0]))


def test_a_connection_that_is_used_now_and_then_stays(start):
    service = start("--limit", "seconds=2")
    connection = HTTPConnection(urlsplit(service.address).netloc, timeout=PATIENCE)
    deadline = time.monotonic() + 5
    connection.connect()
    first = connection.sock
    while time.monotonic() < deadline:
        connection.request("GET", "/ping")
        assert connection.getresponse().read() == b"\n"
        assert connection.sock is first
    connection.close()


def test_where_uvicorn_does_not_say_what_a_connection_waits_for_it_is_closed_by_its_age(start, connect):
    service = start("--limit", "seconds=1", python=released("removed", *CYCLES))
    connections = connect(service, 3, b"POST /pre")
    assert service.get("/predict", review="soft").ok
    for one in connections:
        assert is_closed(one)
    assert service.get("/predict", review="soft").ok
    assert service.end() == 0
    said = service.process.stderr.read()
    assert said.count("Not used") == 2
    assert NEWEST_REQUEST.lost in said


@pytest.mark.parametrize(
    "parts",
    [[CONNECTIONS], [TRANSPORT, OF_HTTPTOOLS["HttpToolsProtocol.transport"]]],
    ids=lambda parts: parts[0].attribute,
)
def test_a_service_that_cannot_close_connections_ends_and_says_why(start, parts):
    part = parts[0]
    service = start(ready=False, python=released("removed", *parts))
    address = urlsplit(service.address)
    with socket.create_connection((address.hostname, address.port), PATIENCE):
        assert service.process.wait(PATIENCE) == 1
    said = service.process.stderr.read()
    assert f"{part.installed} does not let idle connections be closed" in said
    assert f"Install {part.checked_with}" in said
