"""What every request passes: limits, token, headers, counts; plain ASGI around the routes."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

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
_MLFLOW = "/invocations"
_BETWEEN_LOOKS = 0.02
_LOOKS = 3
"""Requests wait where so many looks in a row came late; one may when another process had the processor."""
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
        settings: Limits and token.
        metrics: Counts requests and refusals.
        routes: Paths that are counted by their name; all others are counted together.
    """

    def __init__(self, app: App, settings: Settings, metrics: Metrics, routes: Iterable[str]) -> None:
        self._app, self._settings, self._metrics = app, settings, metrics
        self._routes = frozenset(routes)
        self._in_flight = self._arriving = 0
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

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *_HEADERS]
            await send(message)

        try:
            self._admit(scope, path)
            scope["began"] = began
            body = await self._body(scope, receive)
            self._in_flight += 1  # from now on: who sends slowly keeps nobody out
            try:
                await self._app(scope, self._replaying(body), answer)
            finally:
                self._in_flight -= 1
        except Refused as refused:
            found, headers, body = self.refusal(refused, path)
            raw = [(name.encode(), value.encode()) for name, value in headers.items()]
            await answer({"type": "http.response.start", "status": found, "headers": raw})
            await answer({"type": "http.response.body", "body": body})
        finally:
            self._metrics.request(self._route(path), status, time.perf_counter() - began)

    def _route(self, path: str) -> str:
        """Name the route that a request is counted under."""
        return path if path in self._routes else ELSEWHERE

    def _admit(self, scope: Scope, path: str) -> None:
        if path in OPEN:
            return
        limits = self._settings.limits
        if self._in_flight >= limits.concurrent or self._arriving >= limits.arriving:
            raise Refused(503, "busy", "too many requests are in flight; try again in a second")
        if self._waits > limits.wait_seconds:
            raise Refused(503, "busy", f"requests wait for over {limits.wait_seconds} s; try again in a second")
        if self._settings.token is not None and not self._settings.admits(header(scope, b"authorization")):
            raise Refused(401, "unauthorized", "the header 'Authorization: Bearer TOKEN' is missing or wrong")

    async def _body(self, scope: Scope, receive: Receive) -> bytes:
        limits = self._settings.limits
        too_large = Refused(413, "body_too_large", f"the body has over {limits.body_bytes:,} bytes")
        announced = header(scope, b"content-length")
        if announced.isdigit() and int(announced[:20]) > limits.body_bytes:
            raise too_large
        parts, size = [], 0
        self._arriving += 1
        try:
            async with asyncio.timeout(limits.seconds):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise Refused(400, "gone", "the connection ended before the body")
                    parts.append(message.get("body", b""))
                    size += len(parts[-1])
                    if size > limits.body_bytes:
                        raise too_large
                    if not message.get("more_body", False):
                        return parts[0] if len(parts) == 1 else b"".join(parts)
        except TimeoutError:
            raise Refused(408, "too_slow", f"the request did not arrive within {limits.seconds} s") from None
        finally:
            self._arriving -= 1

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


def header(scope: Scope, name: bytes) -> str:
    """Give the value of a header; empty where a request has none of that name, in small letters."""
    for found, value in scope["headers"]:
        if found == name:
            return str(value.decode("latin-1"))
    return ""
