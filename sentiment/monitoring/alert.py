"""Telling an alarm: a line of JSON, a message for people, and a webhook."""

from __future__ import annotations

import json
import time

import requests

from sentiment.monitoring.history import Watched
from sentiment.phrases import amount

TRIES, SECONDS = 3, 5.0
_PAUSE = 1.0
_REDIRECT = " (a redirect, which is not followed)"


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
    """Post an alarm to a webhook, with up to `TRIES` attempts.

    Only a status from 200 to 299 counts as delivered. A redirect is a failure: to follow it, a client repeats the
    request as a GET without the alarm.

    Args:
        watched: The window whose alarm is posted.
        address: The webhook's URL, which is a secret; None posts nothing.

    Returns:
        Why the last attempt failed, without the address; None if the alarm was delivered or there is no webhook.
    """
    if not address:
        return None
    failure = ""
    for attempt in range(TRIES):
        try:
            answer = requests.post(
                address,
                data=told(watched).encode(),
                headers={"content-type": "application/json"},
                timeout=SECONDS,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            failure = type(error).__name__
        else:
            if answer.status_code // 100 == 2:
                return None
            failure = f"status {answer.status_code}{_REDIRECT if answer.is_redirect else ''}"
        if attempt < TRIES - 1:
            time.sleep(_PAUSE)
    return f"{failure}, {TRIES} times"
