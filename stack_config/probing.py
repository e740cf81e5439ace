"""Asking what a stack needs whether it is there, in bounded time and without a cloud's libraries."""

from __future__ import annotations

from dataclasses import dataclass

import requests

SECONDS = 5.0
"""At most so long for one answer."""


@dataclass(frozen=True)
class Answer:
    """What a server said.

    Attributes:
        answers: Whether it is there and takes the account.
        detail: For people.
        version: Of the server; None where it does not say.
    """

    answers: bool
    detail: str
    version: str | None = None


def ask_tracking_server(address: str, username: str | None, password: str | None) -> Answer:
    """Ask an MLflow server for its version and for something that needs the account."""
    account = (username, password) if username and password else None
    try:
        about = requests.get(f"{address}/version", timeout=SECONDS, auth=account)
        asked = requests.get(
            f"{address}/api/2.0/mlflow/experiments/get-by-name",
            params={"experiment_name": "Default"},
            timeout=SECONDS,
            auth=account,
        )
    except requests.RequestException as error:
        return Answer(False, f"does not answer ({type(error).__name__})")
    version = about.text.strip() if about.ok else None
    if asked.status_code in (401, 403):
        return Answer(False, f"does not take the account {username!r} ({asked.status_code})", version)
    if asked.status_code >= 500:
        return Answer(False, f"answers {asked.status_code}; is its database there?", version)
    return Answer(True, "answers", version)
