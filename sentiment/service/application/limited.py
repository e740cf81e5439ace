"""Another application that answers as MLflow's server does, asked only what is within the limits."""

from __future__ import annotations

import asyncio
import json

from sentiment.service.application import asked
from sentiment.service.application.guard import App, Message, Receive, Scope, Send, header
from sentiment.service.application.messages import Refused, encode, failed, too_slow
from sentiment.service.settings import Limits

INVOCATIONS = "/invocations"
ROUTES = {INVOCATIONS: "POST", "/ping": "GET", "/health": "GET", "/version": "GET"}
"""What is passed on: paths and their method."""


class Limited:
    """Passes requests on, and nothing of what the other application says when it fails.

    Args:
        app: Answers `ROUTES`; it is asked in one form, whichever of MLflow's a request had.
        limits: Of the reviews of a request, and of the time that an answer may take.
    """

    def __init__(self, app: App, limits: Limits) -> None:
        self._app, self._limits = app, limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a connection's event, as ASGI has it.

        Args:
            scope: Of the event.
            receive: Gives the whole body at once, as `Guard` does.
            send: Takes the answer.

        Raises:
            Refused: The request is over a limit or no review, or the other application failed.
        """
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path, body = scope["path"], b""
        if path not in ROUTES:
            raise Refused(404, "unknown_path", f"there is no such path; {', '.join(ROUTES)} are answered")
        if scope["method"] != ROUTES[path]:
            raise Refused(405, "wrong_method", f"the path exists for the method {ROUTES[path]} alone")
        if path == INVOCATIONS:
            body = self._checked(scope, (await receive())["body"])
        start, *parts = await self._answer(scope, body)
        if start["status"] >= 400:
            raise self._failed(start["status"], b"".join(part.get("body", b"") for part in parts))
        for message in (start, *parts):
            await send(message)

    def _checked(self, scope: Scope, body: bytes) -> bytes:
        asked.check_type(header(scope, b"content-type"), header(scope, b"content-encoding"), body)
        reviews, titles, words = asked.as_mlflow(body, self._limits)
        asked.check_reviews(reviews, titles, self._limits)
        table = {"columns": ["review", "title"], "data": list(zip(reviews, titles, strict=True))}
        return encode({"dataframe_split": table, "params": {"words": words}})

    async def _answer(self, scope: Scope, body: bytes) -> list[Message]:
        """Ask the other application, and keep what it says until that is known to be an answer."""
        arriving, said = [{"type": "http.request", "body": body, "more_body": False}], []

        async def receive() -> Message:
            if arriving:
                return arriving.pop()
            return await asyncio.Future()  # a connection that ended would make it drop its answer

        async def keep(message: Message) -> None:
            said.append(message)

        headers = [(b"content-type", asked.JSON.encode()), (b"content-length", str(len(body)).encode())]
        try:
            async with asyncio.timeout(self._limits.seconds):
                await self._app({**scope, "headers": headers, "query_string": b""}, receive, keep)
        except TimeoutError:
            raise too_slow(self._limits) from None
        except Exception as error:
            raise failed("server", error) from error
        return said

    def _failed(self, status: int, body: bytes) -> Refused:
        """Give the refusal for an answer that is none: what went wrong inside is for the log."""
        if status == 504:
            return too_slow(self._limits)
        return failed("server", RuntimeError(f"status {status}: {_traceback_in(body)}"))


def _traceback_in(body: bytes) -> str:
    """Take the traceback out of MLflow's answer, whose message repeats the reviews."""
    try:
        return str(json.loads(body)["stack_trace"])
    except (ValueError, KeyError, TypeError):
        return "nothing is known of it"
