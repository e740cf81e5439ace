"""What requests hold and what answers say, as JSON; decoding checks the types."""

from __future__ import annotations

import codecs
import json
import re
from typing import Any

import msgspec

from sentiment.models.scorer import Word
from sentiment.service.settings import Limits

_SIGNS = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)
"""Strings and brackets; possessive, so that a string that never ends is looked at once."""


class Refused(Exception):  # noqa: N818  (it is an answer, not a failure)
    """A request that is not answered as it was meant.

    Attributes:
        status: Of HTTP.
        error: One word for machines.
        detail: A sentence for people, which repeats nothing of the request.
    """

    def __init__(self, status: int, error: str, detail: str) -> None:
        super().__init__(detail)
        self.status, self.error, self.detail = status, error, detail


def failed(what: str, cause: BaseException) -> Refused:
    """Give the refusal of a request that should have been answered: why it was not is for the log of `what`."""
    refused = Refused(500, "failed", f"the {what} failed; its log says why")
    refused.__cause__ = cause
    return refused


def too_slow(limits: Limits) -> Refused:
    """Give the refusal of a request whose answer took longer than it may."""
    return Refused(503, "too_slow", f"no answer within {limits.seconds} s; ask about fewer reviews at once")


class Review(msgspec.Struct):
    """One review; a title where there is one."""

    review: str
    title: str | None = None


class Question(msgspec.Struct):
    """One review, or several as ``reviews``: objects, or texts alone."""

    review: str | None = None
    title: str | None = None
    reviews: list[Review | str] | None = None


class Said(msgspec.Struct):
    """What a customer said later about the prediction `id`."""

    id: str
    recommended: bool


class Frame(msgspec.Struct):
    """A table as pandas writes it with ``orient="split"``."""

    columns: list[str]
    data: list[list[Any]]


class Params(msgspec.Struct):
    """Of a call: how many words are named for each review."""

    words: int = 0


class Invocation(msgspec.Struct):
    """A request in one of the formats of MLflow's server."""

    dataframe_split: Frame | None = None
    dataframe_records: list[dict[str, Any]] | None = None
    instances: list[dict[str, Any] | str] | None = None
    inputs: dict[str, list[Any] | str] | list[dict[str, Any] | str] | None = None
    params: Params | None = None


class Verdict(msgspec.Struct, omit_defaults=True):
    """The answer to one review.

    Attributes:
        words: Pairs of word and log-odds, strongest first; left out where they were not asked for, or cannot be told.
    """

    probability: float
    recommended: bool
    model_version: str
    id: str
    known_words: int
    words: tuple[Word, ...] | None = None


class Verdicts(msgspec.Struct):
    """The answers to several reviews, in their order."""

    predictions: list[Verdict]


class Problem(msgspec.Struct):
    """Why a request was refused."""

    error: str
    detail: str
    id: str


encode = msgspec.json.Encoder().encode
QUESTION = msgspec.json.Decoder(Question)
SAID = msgspec.json.Decoder(Said)
INVOCATION = msgspec.json.Decoder(Invocation)


def decode(decoder: msgspec.json.Decoder[Any], body: bytes, limits: Limits) -> Any:
    """Read a body.

    Raises:
        Refused: It is no JSON, too deep, of other types than expected, or has a key twice in one object.
    """
    body = body.removeprefix(codecs.BOM_UTF8)
    if body.count(b"[") + body.count(b"{") > limits.depth and _depth(body) > limits.depth:
        raise Refused(400, "too_deep", f"the JSON has over {limits.depth} levels of objects and lists")
    try:
        decoded = decoder.decode(body)
        _check_keys(body)
        return decoded
    except msgspec.ValidationError as error:
        raise Refused(422, "wrong_type", str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refused(400, "not_json", f"the body is not JSON: {_without_content(error)}") from None
    except RecursionError:
        raise Refused(400, "too_deep", "the JSON has too many levels of objects and lists") from None


def _check_keys(body: bytes) -> None:
    """Refuse JSON that has a key twice in one object: two programs would each believe another of the values."""
    if b"\\" not in body:
        strings = body.split(b'"')[1::2]
        if len(set(strings)) == len(strings):  # nearly always; reading the body a second time takes longer
            return
    json.loads(body, object_pairs_hook=_without_repeats)


def _without_repeats(pairs: list[tuple[str, Any]]) -> None:
    if len({key for key, _ in pairs}) != len(pairs):
        raise _repeated_key()


def _repeated_key() -> Refused:
    return Refused(400, "repeated_key", "the JSON has a key more than once in one object")


def _depth(body: bytes) -> int:
    deepest = level = 0
    for sign in _SIGNS.findall(body):
        if sign in (b"[", b"{"):
            level += 1
            deepest = max(deepest, level)
        elif sign in (b"]", b"}"):
            level -= 1
    return deepest


def _without_content(error: Exception) -> str:
    return "a byte that is not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)
