"""Telling an alarm: a line of JSON, a message for people, and a webhook."""

from __future__ import annotations

import json
import time

import requests

from sentiment.monitoring.history import Watched
from sentiment.phrases import amount

TRIES, SECONDS = 3, 5.0
_PAUSE = 1.0


def told(watched: Watched) -> str:
    """Write an alarm as one line of JSON; it holds no text of a review, and words of reviews only in its reasons."""
    return json.dumps(
        {
            "alarm": watched.window,
            "version": watched.version,
            "rows": watched.judgement.rows,
            "reasons": list(watched.judgement.reasons),
            "judged": watched.judged.isoformat(),
        },
        ensure_ascii=False,
    )


def for_people(watched: Watched) -> str:
    """Write an alarm as a message of a few lines; words of reviews in it are of letters only, so no markup."""
    rows = amount(watched.judgement.rows, "prediction")
    return "\n".join(
        [
            f"Alarm: version {watched.version}, {rows}, window {watched.window}",
            *(f"- {reason}" for reason in watched.judgement.reasons),
            f"Take note of it: python run.py monitor ack {watched.window} --why REASON",
        ]
    )


def post(watched: Watched, address: str | None) -> str | None:
    """Post an alarm to a webhook, a few times where that is needed.

    Args:
        watched: The window.
        address: Of the webhook, which is a secret; None for none.

    Returns:
        Why it was not taken, without the address; None where it was, or there is none.
    """
    if not address:
        return None
    failure = ""
    for attempt in range(TRIES):
        try:
            answer = requests.post(
                address, data=told(watched).encode(), headers={"content-type": "application/json"}, timeout=SECONDS
            )
        except requests.RequestException as error:
            failure = type(error).__name__
        else:
            if answer.ok:
                return None
            failure = f"status {answer.status_code}"
        if attempt < TRIES - 1:
            time.sleep(_PAUSE)
    return f"{failure}, {TRIES} times"
