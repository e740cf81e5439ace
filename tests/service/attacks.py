"""What a client without a token can send: each attack is given its volume, and returns when the service ends it."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from urllib.parse import urlsplit

MB = 2**20
PIECE = 2**16
HOST = b"Host: localhost\r\n"
PATIENCE = 60


def connected(address: str) -> socket.socket:
    parts = urlsplit(address)
    return socket.create_connection((parts.hostname, parts.port), PATIENCE)


def send(address: str, pieces: Iterator[bytes], seconds: float) -> int:
    """Send pieces on one connection and read nothing; gives the bytes that were taken until it was closed."""
    taken, deadline = 0, time.monotonic() + seconds
    with connected(address) as connection, suppress(ConnectionError, TimeoutError):
        for piece in pieces:
            left = memoryview(piece)
            while left:
                connection.settimeout(max(deadline - time.monotonic(), 0.01))
                sent = connection.send(left)
                left, taken = left[sent:], taken + sent
    return taken


def endless(start: bytes, part: bytes, size: int) -> Iterator[bytes]:
    """Give a start, and then the same part again until there are `size` bytes."""
    yield start
    many = part * max(PIECE // len(part), 1)
    for _ in range(size // len(many)):
        yield many


def unread(path: bytes) -> tuple[bytes, bytes]:
    """A request again and again."""
    return b"", b"GET " + path + b" HTTP/1.1\r\n" + HOST + b"\r\n"


CHUNKED = b"POST /predict HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
ENDLESS: dict[str, tuple[bytes, bytes]] = {
    "requests whose answers are not read": unread(b"/health"),
    "refused requests whose answers are not read": unread(b"/nothing"),
    "a head without end": (b"GET /health HTTP/1.1\r\nX-Long: ", b"x"),
    "small headers without end": (b"GET /health HTTP/1.1\r\n", b"a:b\r\n"),
    "a header's name without end": (b"GET /health HTTP/1.1\r\n", b"x"),
    "a URL without end": (b"GET /", b"x"),
    "a method without end": (b"", b"G"),
    "line ends without end": (b"", b"\r\n"),
    "a chunk's size without end": (CHUNKED, b"0"),
    "a chunk's extension without end": (CHUNKED + b"1;", b"x"),
    "chunks of one byte with extensions": (CHUNKED, b"1;" + b"x" * 1_000 + b"\r\n \r\n"),
    "trailers without end": (CHUNKED + b"1\r\n \r\n0\r\n", b"a:b\r\n"),
    "a trailer without end": (CHUNKED + b"1\r\n \r\n0\r\nX-Long: ", b"x"),
    "a body of white space": (CHUNKED, b"ffff\r\n" + b" " * 0xFFFF + b"\r\n"),
    "bodies that wait": (
        b"",
        b"POST /predict HTTP/1.1\r\n"
        + HOST
        + b"Content-Type: application/json\r\nContent-Length: 60000\r\n\r\n"
        + b" " * 60_000,
    ),
    "a body for a route that takes none": (
        b"GET /health HTTP/1.1\r\n" + HOST + b"Content-Length: 999999999\r\n\r\n",
        b"x",
    ),
}
"""Starts, and the parts that follow them without end."""


def without_end(name: str) -> Callable[[str, int, float], int]:
    start, part = ENDLESS[name]
    return lambda address, size, seconds: send(address, endless(start, part, size), seconds)


def unfinished(address: str, said: bytes, connections: int, seconds: float) -> None:
    """Send the same unfinished request on many connections, and keep them open for a time."""
    with ExitStack() as opened:
        for _ in range(connections):
            one = opened.enter_context(connected(address))
            one.settimeout(0.2)
            with suppress(ConnectionError, TimeoutError):
                one.sendall(said)
        time.sleep(seconds)


def posted(path: bytes, size: int) -> bytes:
    """All but the last byte of a request with a body."""
    head = b"POST " + path + b" HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    return head % size + b" " * (size - 1)


UNFINISHED: dict[str, tuple[bytes, int]] = {
    "bodies for a route that takes none": (posted(b"/health/live", 4 * MB), 150),
    "bodies without a token": (posted(b"/predict", 4 * MB), 150),
    "unfinished heads": (b"GET /health HTTP/1.1\r\n" + HOST + b"X-Long: " + b"x" * 60_000, 1_500),
    "bodies behind answers that are not read": (
        (unread(b"/nothing")[1] * 10) + posted(b"/health/live", MB // 8),
        800,
    ),
}
"""What is sent, and on how many connections."""
