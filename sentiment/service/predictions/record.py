"""What the prediction log keeps of an answer: one line of JSON, written and read by this module alone.

Fields are only ever added, with a default, so that the records of earlier versions are still read.
"""

from __future__ import annotations

from datetime import datetime

import msgspec


class Prediction(msgspec.Struct, frozen=True, tag_field="kind", tag="prediction"):
    """One answered review.

    Attributes:
        id: Given to the client too, so that its feedback finds this record; at most 64 of ``A-Za-z0-9_-``.
        time: When it was answered, UTC.
        version: Of the registered model; empty for a model without a registry.
        digest: SHA-256 of the model's files, so that two models of one number are told apart.
        probability: In [0, 1], that the customer recommends the product.
        recommended: Whether that reached the model's threshold.
        characters: Of the review.
        words: Of the document after cleaning.
        known_words: Those of them that are in the model's vocabulary.
        has_title: Whether there was a title.
        review: Its text; None where texts are not kept.
        title: Its text; None where texts are not kept.
        milliseconds: From the request's arrival to the answer.
    """

    id: str
    time: datetime
    version: str
    digest: str
    probability: float
    recommended: bool
    characters: int
    words: int
    known_words: int
    has_title: bool
    review: str | None = None
    title: str | None = None
    milliseconds: float | None = None


class Feedback(msgspec.Struct, frozen=True, tag_field="kind", tag="feedback"):
    """What the customer said later.

    Attributes:
        id: Of the prediction.
        time: When it was said, UTC.
        recommended: Whether the customer recommends the product.
    """

    id: str
    time: datetime
    recommended: bool


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Prediction | Feedback)


def encode(record: Prediction | Feedback) -> bytes:
    """Write a record as one line of JSON, without the line end."""
    return _encoder.encode(record)


def decode(line: bytes) -> Prediction | Feedback:
    """Read a line.

    Raises:
        ValueError: It is no record, or half of one; `msgspec.DecodeError` is such an error.
    """
    record: Prediction | Feedback = _decoder.decode(line)
    return record
