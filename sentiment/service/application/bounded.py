"""One connection, and the limits of what its client can make the service hold."""

from __future__ import annotations

import http
from asyncio import TimerHandle
from dataclasses import dataclass
from typing import Any

from httptools import HttpParserError, HttpParserUpgrade
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from sentiment.service.application.messages import Refused
from sentiment.service.application.protocol import Refusal
from sentiment.service.settings import Limits

_PIECE = 2**14
"""Bytes that are parsed before the limits are checked again; a connection gives up to 256 KB at once."""
_FRAMING = 8
"""Bytes around a byte of a body, at most: a chunk of one byte has five."""
_LINGER_SECONDS = 1.0
"""After a refusal, what the client still sends is dropped for so long: closing at once could lose it the answer."""
_LINGER_BYTES = 2**18


@dataclass
class Held:
    """Bytes that connections hold, all together.

    Attributes:
        limit: Above it, the connection that holds more is ended.
        total: Now.
    """

    limit: int
    total: int = 0


class Bounded(HttpToolsProtocol):
    """uvicorn's protocol of a connection, with limits.

    A request over a limit is answered and the connection closed. Where earlier requests of the connection wait for
    their answers, these are sent, and the connection is closed after the last of them.

    Args:
        limits: Of the connection.
        held: Shared by all connections.
        refusal: Writes the answer to a request that is over a limit.
        options: uvicorn's own.
    """

    def __init__(self, *, limits: Limits, held: Held, refusal: Refusal, **options: Any) -> None:
        super().__init__(**options)
        self._limits, self._held, self._refusal = limits, held, refusal
        self._holds = 0
        self._ending = self._reading = self._in_head = False
        self._piece = 0  # bytes of the piece that is being parsed
        self._gap = 0  # bytes since a request began or the last byte of its body arrived
        self._framing = 0  # bytes of a request that are not its body
        self._body = self._body_before = 0  # bytes of all bodies; of those before this request
        self._queued = 0  # bytes that arrived while requests waited
        self._dropped = 0
        self._timer: TimerHandle | None = None
        self._refused: Refused | None = None  # answered when earlier requests are

    def data_received(self, data: bytes) -> None:
        """Parse what arrived; stops at the first request over a limit."""
        self._unset_keepalive_if_required()
        if len(data) <= _PIECE:
            self._parse(data)
            return
        whole = memoryview(data)
        for start in range(0, len(data), _PIECE):
            self._parse(whole[start : start + _PIECE])

    def _parse(self, piece: bytes | memoryview) -> None:
        if self._ending or self.transport.is_closing():
            self._drop(len(piece))
            return
        size = self._piece = len(piece)
        before = self._body
        try:
            self.parser.feed_data(piece)
        except HttpParserUpgrade:  # to a protocol that is not spoken here: the request is answered as any other
            self._ending = True
            self.cycle.keep_alive = False
            return
        except HttpParserError as error:
            cause = error.__context__
            self._end(
                cause if isinstance(cause, Refused) else Refused(400, "not_http", "the request is not valid HTTP/1.1")
            )
            return
        framing = size - self._body + before
        self._framing += framing
        self._gap = 0 if self._body > before else self._gap + framing
        if self._reading or self._gap > 0 or self._holds or self.pipeline:
            self._check(size)

    def _check(self, size: int) -> None:
        limits = self._limits
        if self._in_head and len(self.url) > limits.url_bytes:
            self._end(_url_too_long(limits))
        elif self._gap > limits.head_bytes or len(self.headers or ()) > limits.head_lines:
            self._end(_head_too_large(limits))
        elif self._framing > limits.head_bytes + _FRAMING * (self._body - self._body_before):
            self._end(Refused(400, "not_http", "the chunks of the body have more bytes around them than in them"))
        else:
            waits = bool(self.pipeline) or self.flow.write_paused
            self._queued = self._queued + size if waits else 0
            if self._queued > limits.head_bytes:
                self._end(_too_many(limits))
            else:
                self._hold(self._unfinished())

    def on_message_begin(self) -> None:
        """Begin to count a request."""
        super().on_message_begin()
        self._reading = self._in_head = True
        self._body_before = self._body

    def on_headers_complete(self) -> None:
        """Refuse a head over a limit; the request is passed on else."""
        limits = self._limits
        if len(self.url) > limits.url_bytes:
            raise _url_too_long(limits)
        if len(self.headers) > limits.head_lines:
            raise _head_too_large(limits)
        if self._gap + self._piece > limits.head_bytes:  # it may end anywhere in this piece
            lines = sum(len(name) + len(value) + 4 for name, value in self.headers)
            if len(self.url) + lines > limits.head_bytes:
                raise _head_too_large(limits)
        if len(self.pipeline) >= limits.pipelined:
            raise _too_many(limits)
        super().on_headers_complete()
        self._in_head = False
        self.headers = []  # trailers come into a list of their own, not among the headers that were checked

    def on_body(self, body: bytes) -> None:
        """Count a part of a body; where nobody reads it any more, it is dropped."""
        self._body += len(body)
        if self._body - self._body_before > self._limits.body_bytes and self.cycle.response_complete:
            raise Refused(413, "body_too_large", f"the body has over {self._limits.body_bytes:,} bytes")
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Count from here to the next request."""
        super().on_message_complete()
        self._reading = False
        self.headers = []
        self._framing = self._gap = -self._piece  # the piece is added when it is parsed to its end

    def on_response_complete(self) -> None:
        """Answer the next request that waits; nothing is read while there are more of them."""
        super().on_response_complete()
        if self.pipeline:
            self.flow.pause_reading()
        elif self._refused is not None and self.cycle.response_complete:
            if not self.transport.is_closing():
                self._answer(self._refused)
        elif self._queued:
            self._queued = 0
            self._hold(self._unfinished())

    def eof_received(self) -> bool | None:  # type: ignore[override]
        """Keep the connection until a client that sends nothing more has its answers."""
        newest = self.cycle
        if self._ending or newest is None or newest.response_complete or newest.more_body:
            return None
        newest.keep_alive = False
        return True

    def pause_writing(self) -> None:
        """Wait until the client takes what it was sent; end the connection where that lasts too long."""
        super().pause_writing()
        self._hold(self._holds + self.transport.get_write_buffer_size())
        self._abort_after(self._limits.seconds)

    def resume_writing(self) -> None:
        """Go on writing."""
        super().resume_writing()
        self._hold(self._unfinished())
        if self._timer is not None and not self._ending:
            self._timer.cancel()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget what the connection held."""
        super().connection_lost(exc)
        for waiting, _ in self.pipeline:
            waiting.on_response = _nothing  # it refers to this object, so both would wait for the garbage collector
        self._refused = None  # as its traceback does
        self._held.total -= self._holds
        self._holds = 0
        if self._timer is not None:
            self._timer.cancel()

    def _unfinished(self) -> int:
        """Give the bytes of requests that wait, and of a head that has not ended."""
        return self._queued + (max(self._gap, 0) if self._in_head else 0)

    def _hold(self, size: int) -> None:
        more = size - self._holds
        if more > 0 and self._held.total + more > self._held.limit:
            self._end(Refused(503, "busy", "unfinished requests hold too many bytes; try again in a second"))
            return
        self._held.total += more
        self._holds = size

    def _end(self, refused: Refused) -> None:
        """Answer what came before, then that this is refused, and nothing after it."""
        self._ending = True
        newest = self.cycle
        in_body = self._reading and not self._in_head
        if newest is None or newest.response_complete:
            if in_body:  # it was answered before its body arrived
                self._close()
            else:
                self._answer(refused)
        elif not in_body:
            self._refused = refused
            self.flow.pause_reading()
        elif self.pipeline or newest.response_started:
            self.transport.abort()
        else:
            newest.disconnected = True
            newest.message_event.set()
            self._answer(refused)

    def _answer(self, refused: Refused) -> None:
        status, headers, body = self._refusal(refused, "")
        lines = [f"HTTP/1.1 {status} {http.HTTPStatus(status).phrase}"]
        lines += [f"{name}: {value}" for name, value in {**headers, "connection": "close"}.items()]
        self.transport.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        self._close()

    def _close(self) -> None:
        self._unset_keepalive_if_required()
        self.transport.write_eof()
        self._abort_after(_LINGER_SECONDS)

    def _drop(self, size: int) -> None:
        self._dropped += size
        if self._dropped > _LINGER_BYTES:
            self.flow.pause_reading()

    def _abort_after(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self.loop.call_later(seconds, self.transport.abort)


def _nothing() -> None:
    """Take the place of a function that is not needed any more."""


def _url_too_long(limits: Limits) -> Refused:
    return Refused(414, "url_too_long", f"path and query have over {limits.url_bytes:,} bytes")


def _head_too_large(limits: Limits) -> Refused:
    return Refused(
        431,
        "head_too_large",
        f"the head of the request has over {limits.head_bytes:,} bytes or {limits.head_lines:,} lines",
    )


def _too_many(limits: Limits) -> Refused:
    return Refused(503, "busy", f"over {limits.pipelined:,} requests wait on this connection")
