"""What every request passes: limits, token, headers, counts; plain ASGI around the routes."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Mapping, MutableMapping
from typing import Any

from sentiment.service.application.callers import Callers
from sentiment.service.application.messages import Problem, Refused, encode
from sentiment.service.application.metrics import Metrics
from sentiment.service.settings import Settings

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

OPEN = frozenset({"/health/live", "/health/ready", "/ping", "/health"})
"""Routes that need no token and are never refused for load: a platform asks them whether this instance lives."""
ELSEWHERE = "other"
WITH_BODY = "POST"
"""The method whose requests have a body; the body of any other is not read."""
_MLFLOW = "/invocations"
_BETWEEN_LOOKS = 0.02
_LOOKS = 3
"""Requests wait where so many looks in a row came late; one may when another process had the processor."""
_ONCE = (b"host", b"authorization", b"content-length", b"content-type", b"origin")
"""Headers that a request has once: of two, one program would believe the first and another the second."""
_logger = logging.getLogger(__name__)
_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
]


class Guard:
    """Lets requests in that are within the limits, and answers the others.

    Args:
        app: The routes.
        settings: Limits, token, and the hosts that requests may be for.
        metrics: Counts requests and refusals.
        routes: Paths that are counted by their name, and their methods; all other paths are counted together.
    """

    def __init__(self, app: App, settings: Settings, metrics: Metrics, routes: Mapping[str, Collection[str]]) -> None:
        self._app, self._settings, self._metrics = app, settings, metrics
        self._routes = frozenset(routes)
        self._with_body = frozenset(path for path, methods in routes.items() if WITH_BODY in methods)
        self._callers = Callers(settings)
        self._in_flight = self._arriving = self._held = 0
        self._waits = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a connection's event, as ASGI has it."""
        if scope["type"] == "lifespan":
            looking = asyncio.create_task(self._look_at_the_clock())
            try:
                await self._app(scope, receive, send)
            finally:
                looking.cancel()
        elif scope["type"] == "http":
            await self._request(scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()
        path, status = scope["path"], 500
        arrived: list[bytes] = []

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *_HEADERS]
            await send(message)

        try:
            headers = _headers(scope)
            self._admit(headers, path)
            scope["began"] = began
            if scope["method"] == WITH_BODY and path in self._with_body:
                await self._read_body(headers, receive, arrived)
            body = arrived[0] if arrived else b""
            self._in_flight += 1  # from now on: who sends slowly keeps nobody out
            try:
                await self._app(scope, self._replaying(body), answer)
            finally:
                self._in_flight -= 1
        except Refused as refused:
            found, answered, body = self.refusal(refused, path)
            raw = [(name.encode(), value.encode()) for name, value in answered.items()]
            await answer({"type": "http.response.start", "status": found, "headers": raw})
            await answer({"type": "http.response.body", "body": body})
        finally:
            self._held -= sum(map(len, arrived))
            self._metrics.request(self._route(path), status, time.perf_counter() - began)

    def _route(self, path: str) -> str:
        """Name the route that a request is counted under."""
        return path if path in self._routes else ELSEWHERE

    def _admit(self, headers: Mapping[bytes, bytes], path: str) -> None:
        self._callers.check(headers)
        if path in OPEN:
            return
        limits = self._settings.limits
        if self._in_flight >= limits.concurrent or self._arriving >= limits.arriving:
            raise Refused(503, "busy", "too many requests are in flight; try again in a second")
        if self._waits > limits.wait_seconds:
            raise Refused(503, "busy", f"requests wait for over {limits.wait_seconds} s; try again in a second")
        given = headers.get(b"authorization", b"").decode("latin-1")
        if self._settings.token is not None and not self._settings.admits(given):
            raise Refused(401, "unauthorized", "the header 'Authorization: Bearer TOKEN' is missing or wrong")

    async def _read_body(self, headers: Mapping[bytes, bytes], receive: Receive, arrived: list[bytes]) -> None:
        """Read a body into `arrived`, as one part in the end; whatever is in it counts as held until the answer."""
        limits = self._settings.limits
        too_large = Refused(413, "body_too_large", f"the body has over {limits.body_bytes:,} bytes")
        announced = headers.get(b"content-length", b"")
        if announced.isdigit() and int(announced[:20]) > limits.body_bytes:
            raise too_large
        size = 0
        self._arriving += 1
        try:
            async with asyncio.timeout(limits.seconds):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise Refused(400, "gone", "the connection ended before the body")
                    part = message.get("body", b"")
                    size += len(part)
                    if size > limits.body_bytes:
                        raise too_large
                    if self._held + len(part) > limits.held_bytes:
                        raise Refused(503, "busy", "the bodies of requests hold too many bytes; try again in a second")
                    self._held += len(part)
                    arrived.append(part)
                    if not message.get("more_body", False):
                        break
        except TimeoutError:
            raise Refused(408, "too_slow", f"the request did not arrive within {limits.seconds} s") from None
        finally:
            self._arriving -= 1
        if len(arrived) > 1:
            arrived[:] = [b"".join(arrived)]

    @staticmethod
    def _replaying(body: bytes) -> Receive:
        messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> Message:
            return messages.pop() if messages else {"type": "http.disconnect"}

        return receive

    def refusal(self, refused: Refused, path: str) -> tuple[int, dict[str, str], bytes]:
        """Count a refusal, and write it down: status, headers and body.

        Args:
            refused: Why.
            path: Of the request; where MLflow's clients ask, the answer has the form and the status that they know.
        """
        identity = secrets.token_hex(8)
        if refused.status == 500:
            _logger.error("request %s failed", identity, exc_info=refused.__cause__)
        status = 400 if path == _MLFLOW and refused.status == 422 else refused.status
        self._metrics.rejected(self._route(path), status, refused.error)
        body = _described(refused, path, identity)
        headers = {"content-type": "application/json", "content-length": str(len(body))}
        if status == 503:
            headers["retry-after"] = "1"
        if status == 401:
            headers["www-authenticate"] = "Bearer"
        if status in (408, 413):
            headers["connection"] = "close"  # what is left of the body is not waited for
        return status, headers, body

    async def _look_at_the_clock(self) -> None:
        """Note how late this is called, at the least of a few times: so long every request waits for its turn."""
        loop = asyncio.get_running_loop()
        late = deque([0.0] * _LOOKS, maxlen=_LOOKS)
        while True:
            due = loop.time() + _BETWEEN_LOOKS
            await asyncio.sleep(_BETWEEN_LOOKS)
            late.append(loop.time() - due)
            self._waits = min(late)


def _described(refused: Refused, path: str, identity: str) -> bytes:
    if path == _MLFLOW:
        kind = "INVALID_PARAMETER_VALUE" if refused.status < 500 else "TEMPORARILY_UNAVAILABLE"
        return encode({"error_code": kind, "message": refused.detail, "error": refused.error, "id": identity})
    return encode(Problem(refused.error, refused.detail, identity))


def _headers(scope: Scope) -> dict[bytes, bytes]:
    """Give the headers of a request by their names, in small letters.

    Raises:
        Refused: One that counts is there twice.
    """
    found = dict(scope["headers"])
    if len(found) != len(scope["headers"]):
        names = [name for name, _ in scope["headers"]]
        for name in _ONCE:
            if names.count(name) > 1:
                raise Refused(400, "repeated_header", f"the header {name.decode()} is there more than once")
    return found


def header(scope: Scope, name: bytes) -> str:
    """Give the value of a header; empty where a request has none of that name, in small letters."""
    for found, value in scope["headers"]:
        if found == name:
            return str(value.decode("latin-1"))
    return ""
