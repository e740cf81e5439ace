"""Asking a model server, in bounded time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import requests
from pydantic import BaseModel

from sentiment.errors import InputError, ServiceError

HEALTH_SECONDS = 2.0
ANSWER_SECONDS = 60.0


class Prediction(BaseModel):
    """What a model says of one review.

    Attributes:
        probability: In [0, 1], that the customer recommends the product.
        recommended: Whether that reaches the model's threshold.
        known_words: How many of its words the model knows; with none, the answer is that to an empty review. None
            from a server of an earlier version.
        words: Pairs of word and log-odds, those that moved it most first; None where that was not asked or cannot be
            told.
    """

    probability: float
    recommended: bool
    known_words: int | None = None
    words: list[tuple[str, float]] | None = None


def is_healthy(address: str) -> bool:
    """Ask whether a server answers, for at most `HEALTH_SECONDS`."""
    try:
        return requests.get(f"{address}/ping", timeout=HEALTH_SECONDS).ok
    except requests.RequestException:
        return False


def metrics_of(address: str) -> str | None:
    """Fetch what a service counts, in Prometheus's text format; None where it does not answer or does not count."""
    try:
        answer = requests.get(f"{address}/metrics", timeout=HEALTH_SECONDS)
    except requests.RequestException:
        return None
    return answer.text if answer.ok else None


def ask(address: str, reviews: Sequence[str], titles: Sequence[str], *, words: int = 0) -> list[Prediction]:
    """Ask a server about reviews.

    Args:
        address: Of the server.
        reviews: Texts, one or more.
        titles: One a review, empty where there is none.
        words: Name at most so many words that moved each verdict.

    Raises:
        InputError: The server refused the reviews.
        ServiceError: It does not answer, or failed.
    """
    records = [{"review": review, "title": title} for review, title in zip(reviews, titles, strict=True)]
    payload: dict[str, Any] = {"dataframe_records": records} | ({"params": {"words": words}} if words else {})
    try:
        answer = requests.post(f"{address}/invocations", json=payload, timeout=ANSWER_SECONDS)
    except requests.RequestException as error:
        raise ServiceError(f"the server at {address} does not answer: {error}. `python run.py deploy` mends it.") from (
            error
        )
    if answer.status_code == requests.codes.bad_request:
        raise InputError(_reason(answer))
    if not answer.ok:
        raise ServiceError(f"the server at {address} failed with status {answer.status_code}: {_reason(answer)}")
    return [Prediction.model_validate(prediction) for prediction in answer.json()["predictions"]]


def _reason(answer: requests.Response) -> str:
    try:
        return str(answer.json()["message"])
    except (ValueError, KeyError):
        return answer.text
