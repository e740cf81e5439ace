"""New requests are refused where requests have to wait, and not because the processor was with others for once."""

from __future__ import annotations

import asyncio
import time

from sentiment.service.application.guard import Guard
from sentiment.service.application.metrics import Metrics
from sentiment.service.predictions.writing import Nowhere, Writing
from sentiment.service.settings import Limits, Settings

LATE = 0.5
SETTINGS = Settings(limits=Limits(wait_seconds=0.3))


async def application(scope, receive, send):
    if scope["type"] == "lifespan":
        await asyncio.Event().wait()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def status_of(guard):
    told = []

    async def receive():
        return {"type": "http.request", "body": b""}

    async def send(message):
        told.append(message)

    await guard({"type": "http", "method": "GET", "path": "/model", "headers": []}, receive, send)
    return told[0]["status"]


async def statuses(*late_times):
    """Give what a request is answered after the loop was late so many times in a row."""
    guard = Guard(application, SETTINGS, Metrics(Writing(Nowhere())), {"/model": ["GET"]})
    running = asyncio.create_task(guard({"type": "lifespan"}, None, None))
    found = []
    for times in late_times:
        await asyncio.sleep(0.2)
        for _ in range(times):
            time.sleep(LATE)
            await asyncio.sleep(0.001)
        found.append(await status_of(guard))
    running.cancel()
    return found


def test_one_late_turn_refuses_nobody_and_a_queue_that_stays_does_until_it_is_gone():
    assert asyncio.run(statuses(0, 1, 5, 0)) == [200, 200, 503, 200]
