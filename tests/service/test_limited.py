"""An application behind the limits: what it says when it fails stays inside."""

from __future__ import annotations

import asyncio
import json
import logging

import pytest

from sentiment.service.application.guard import Guard
from sentiment.service.application.limited import Limited
from sentiment.service.application.metrics import Metrics
from sentiment.service.predictions.writing import Nowhere, Writing
from sentiment.service.settings import Limits, Settings

REVIEW = "the sleeves are ZQWX"


def asked(app, body, query=b"", headers=(), **limits):
    """Post to `/invocations` of an application behind the limits; gives the status and the body."""
    settings = Settings(limits=Limits(**limits))
    guard = Guard(Limited(app, settings.limits), settings, Metrics(Writing(Nowhere())), {"/invocations": ["POST"]})
    said = []

    async def receive():
        return {"type": "http.request", "body": json.dumps(body).encode()}

    async def send(message):
        said.append(message)

    headers = [(b"content-type", b"application/json"), *headers]
    scope = {"type": "http", "method": "POST", "path": "/invocations", "query_string": query, "headers": headers}
    asyncio.run(guard(scope, receive, send))
    start, *parts = said
    return start["status"], b"".join(part["body"] for part in parts).decode()


def saying(status, body):
    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": body})

    return app


async def raising(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    raise KeyError("halfway")


async def sleeping(scope, receive, send):
    await asyncio.sleep(60)


@pytest.mark.parametrize(
    ("app", "status", "logged"),
    [
        (saying(400, json.dumps({"message": REVIEW, "stack_trace": "line 7 of it"}).encode()), 500, "line 7 of it"),
        (saying(500, b"Internal Server Error"), 500, "status 500"),
        (saying(504, b"Request processing time exceeded limit"), 503, ""),
        (raising, 500, "halfway"),
        (sleeping, 503, ""),
    ],
)
def test_a_failure_is_a_sentence_outside_and_has_its_cause_in_the_log(app, status, logged, caplog):
    with caplog.at_level(logging.ERROR):
        found, answer = asked(app, {"instances": [REVIEW]}, seconds=0.5)
    assert found == status
    assert json.loads(answer).keys() == {"error_code", "message", "error", "id"}
    assert "ZQWX" not in answer
    assert logged in caplog.text
    assert "ZQWX" not in caplog.text


def test_the_other_application_is_asked_in_one_form_whatever_the_request_had():
    heard = []

    async def listening(scope, receive, send):
        message = await receive()
        heard.append((scope["query_string"], dict(scope["headers"]), json.loads(message["body"])))
        await saying(200, b"{}")(scope, receive, send)

    for body in (
        {"instances": [{"review": REVIEW, "title": None}], "params": {"words": 2}},
        {"inputs": {"title": [""], "review": [REVIEW]}, "params": {"words": 2}, "client_request_id": "x"},
        {"dataframe_split": {"columns": ["id", "review"], "data": [[7, REVIEW]]}, "params": {"words": 2}},
    ):
        assert asked(listening, body, b"a=b", [(b"x-other", b"1")]) == (200, "{}")
    query, headers, body = heard[0]
    assert heard == [heard[0]] * 3
    assert (query, headers.keys()) == (b"", {b"content-type", b"content-length"})
    assert body == {
        "dataframe_split": {"columns": ["review", "title"], "data": [[REVIEW, ""]]},
        "params": {"words": 2},
    }
