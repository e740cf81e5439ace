"""A proxy in front of an object store: it counts requests, and gives the trouble that a test asks for."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import unquote

BUSY, REFUSED, NO_ANSWER = "busy", "refused", "no answer"
_OWN = {"connection", "keep-alive", "transfer-encoding", "content-length"}
_SAYING_BUSY = b"<Error><Code>ServiceUnavailable</Code><Message>Please try again.</Message></Error>"


class Asked(NamedTuple):
    """A request."""

    method: str
    path: str


Trouble = Callable[[Asked], str | float | None]
"""Gives `BUSY` (503), `REFUSED` (403), `NO_ANSWER`, or so many seconds to wait before the answer; None for none."""


def one_in_ten(seconds: float, seed: int = 0) -> Trouble:
    """One request in ten is answered with 503, or late."""
    chance = random.Random(seed)

    def trouble(asked: Asked) -> str | float | None:
        return chance.choice((BUSY, seconds)) if chance.random() < 0.1 else None

    return trouble


def no_trouble(asked: Asked) -> None:
    """Every request is passed on."""


def never_an_answer(asked: Asked) -> str:
    """No request is answered."""
    return NO_ANSWER


class Proxy:
    """What it was asked, and where; `trouble` may be exchanged at any time."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.trouble: Trouble = no_trouble
        self.asked: list[Asked] = []
        self.troubled: list[tuple[Asked, str | float]] = []
        self.ended = threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())

    def forget(self) -> None:
        """Count from here on."""
        self.asked.clear()
        self.troubled.clear()

    def passed_on(self) -> list[Asked]:
        """What was asked, without those that were told to ask again."""
        left = Counter(self.asked) - Counter(asked for asked, trouble in self.troubled if trouble == BUSY)
        return list(left.elements())

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def _handler(proxy) -> type[BaseHTTPRequestHandler]:  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one_request(self) -> None:
                try:
                    super().handle_one_request()
                except ConnectionError:  # who asked was killed
                    self.close_connection = True

            def _pass_on(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                asked = Asked(self.command, unquote(self.path))
                proxy.asked.append(asked)
                trouble = proxy.trouble(asked)
                if trouble is not None:
                    proxy.troubled.append((asked, trouble))
                if trouble == BUSY:
                    return self._answer(503, [("Content-Type", "application/xml")], _SAYING_BUSY)
                if trouble == REFUSED:
                    return self._answer(403, [], b"")
                if trouble == NO_ANSWER:
                    proxy.ended.wait()
                    self.close_connection = True
                    return None
                time.sleep(trouble or 0)
                behind = HTTPConnection("127.0.0.1", proxy.target, timeout=60)
                behind.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
                for name, value in self.headers.items():  # the host as well: it is signed
                    behind.putheader(name, value)
                behind.endheaders(body)
                answer = behind.getresponse()
                content = answer.read()
                headers = [one for one in answer.getheaders() if one[0].lower() not in _OWN]
                length = answer.getheader("Content-Length") if self.command == "HEAD" else None
                self._answer(answer.status, headers, content, length)
                behind.close()
                return None

            def _answer(self, status: int, headers: list, content: bytes, length: str | None = None) -> None:
                self.send_response_only(status)
                for name, value in headers:
                    self.send_header(name, value)
                self.send_header("Content-Length", length or str(len(content)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(content)

            do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _pass_on  # noqa: N815

            def log_message(self, *arguments: object) -> None:
                pass

        return Handler


@contextmanager
def proxy_before(port: int) -> Iterator[Proxy]:
    """Run a proxy before what listens on a port of this machine."""
    proxy = Proxy(port)
    proxy.server.daemon_threads = True
    threading.Thread(target=proxy.server.serve_forever, daemon=True).start()
    try:
        yield proxy
    finally:
        proxy.ended.set()
        proxy.server.shutdown()
        proxy.server.server_close()
