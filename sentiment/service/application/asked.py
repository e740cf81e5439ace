"""What a request asks: its reviews, checked against the limits before a model sees them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl

from sentiment.service.answers import unscorable
from sentiment.service.application import messages
from sentiment.service.application.messages import Refused
from sentiment.service.settings import Limits

JSON = "application/json"


_GZIP = b"\x1f\x8b"
_ENCODINGS = ("gzip", "x-gzip", "deflate", "br", "zstd", "compress")


def check_type(content_type: str, encoding: str, body: bytes) -> None:
    """Refuse a body that is called something else than JSON, or that is compressed.

    Args:
        content_type: The header's value.
        encoding: The value of the header ``Content-Encoding``.
        body: A compressed one is known by its first bytes too.

    Raises:
        Refused: It is.
    """
    if content_type.partition(";")[0].strip().lower() != JSON:
        raise Refused(415, "unsupported_media_type", f"the type of content must be {JSON}")
    encoding = encoding.strip().lower()
    if body.startswith(_GZIP):
        encoding = "gzip"
    if encoding not in ("", "identity"):
        found = f"{encoding} encoding" if encoding in _ENCODINGS else "an encoding"
        raise Refused(415, "unsupported_encoding", f"the body has {found}; send it without Content-Encoding")


def parameters_of(query: bytes) -> dict[str, str]:
    """Read the parameters of an address.

    Raises:
        Refused: One is not UTF-8, or is there twice.
    """
    if not query:
        return {}
    try:
        pairs = parse_qsl(query.decode("ascii"), keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        raise Refused(
            400, "not_utf8", "the query has bytes that are not UTF-8; percent-encoded UTF-8 expected"
        ) from None
    parameters = dict(pairs)
    if len(parameters) != len(pairs):
        raise Refused(400, "repeated_parameter", "the query has a parameter more than once")
    return parameters


def check_words(words: int, limits: Limits) -> int:
    """Give the number of words that a request wants named for each review.

    Raises:
        Refused: There are more than the limit, or less than none.
    """
    if not 0 <= words <= limits.words:
        raise Refused(422, "wrong_words", f"'words' is none of 0 to {limits.words}")
    return words


def check_reviews(reviews: Sequence[str], titles: Sequence[str], limits: Limits) -> None:
    """Refuse reviews that are too many, too long or no text; rows are counted from 0.

    Raises:
        Refused: One is, or there are none.
    """
    if not reviews:
        raise Refused(422, "no_text", "there are no reviews")
    if len(reviews) > limits.reviews:
        raise Refused(422, "too_many_reviews", f"{len(reviews):,} reviews found; at most {limits.reviews:,}")
    for row, (review, title) in enumerate(zip(reviews, titles, strict=True)):
        if max(len(review), len(title)) > limits.characters:
            raise Refused(422, "too_long", f"row {row}: a text has over {limits.characters:,} characters")
        if (problem := unscorable(review, title)) is not None:
            raise Refused(422, "no_text", f"row {row}: {problem}")


def as_mlflow(body: bytes, limits: Limits) -> tuple[list[str], list[str], int]:
    """Give texts, titles and the number of words of a body in one of the JSON formats of MLflow's server.

    Raises:
        Refused: It is in none of them, or what should be text is not.
    """
    asked = messages.decode(messages.INVOCATION, body, limits)
    reviews, titles = _parted(asked)
    return reviews, titles, check_words(asked.params.words if asked.params else 0, limits)


def _parted(asked: messages.Invocation) -> tuple[list[str], list[str]]:
    given = [asked.dataframe_split, asked.dataframe_records, asked.instances, asked.inputs]
    if sum(one is not None for one in given) != 1:
        raise Refused(
            400, "wrong_type", "one of 'dataframe_split', 'dataframe_records', 'instances' and 'inputs' expected"
        )
    rows: list[Any]
    if asked.dataframe_split is not None:
        columns = asked.dataframe_split.columns
        rows = [dict(zip(columns, row, strict=False)) for row in asked.dataframe_split.data]
    elif isinstance(asked.inputs, dict):
        columns_of = {name: [one] if isinstance(one, str) else one for name, one in asked.inputs.items()}
        if len({len(one) for one in columns_of.values()}) > 1:
            raise Refused(400, "wrong_type", "the columns of 'inputs' are not of one length")
        rows = [dict(zip(columns_of, row, strict=True)) for row in zip(*columns_of.values(), strict=True)]
    else:
        rows = list(asked.dataframe_records or asked.instances or asked.inputs or [])
    texts, titles = [], []
    for number, row in enumerate(rows):
        named = {"review": row} if isinstance(row, str) else row
        review, title = named.get("review"), named.get("title")
        if not isinstance(review, str) or not isinstance(title, str | None):
            raise Refused(400, "wrong_type", f"row {number}: 'review' and, where there is one, 'title' must be text")
        texts.append(review)
        titles.append(title or "")
    return texts, titles
