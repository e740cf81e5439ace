"""A few reviews with what a model said of them when it was trained: what serves must still say the same."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from sentiment.text import join_title

if TYPE_CHECKING:
    from sentiment.models.text_model import TextModel

TOLERANCE = 1e-6
"""Largest difference of two probabilities that count as the same; sums are not always added in the same order."""

VERSION_TAG = "known_answers"
"""Of a registered version: its known answers as JSON."""

_ASKED = (
    ("My new favourite", "The fabric is soft and it fits like a dream."),
    ("", "It's not soft, it doesn't fit and the seam ripped. I'm sending it back!"),
    ("Pretty, but…", "The colour is lovely; the cut is NOT flattering on me at all."),
    ("😍😍", "Love it 💕"),
    ("", "القماش ناعم جدا"),
)


class KnownAnswer(BaseModel):
    """One review and the probability that its customer recommends the product."""

    model_config = ConfigDict(frozen=True)

    title: str
    review: str
    probability: float


def known_answers(model: TextModel) -> tuple[KnownAnswer, ...]:
    """Ask a model that was just trained: plain, negated, mixed, and texts without a word it knows."""
    probabilities = model.predict_proba(join_title(*zip(*_ASKED, strict=True)))
    return tuple(
        KnownAnswer(title=title, review=review, probability=float(probability))
        for (title, review), probability in zip(_ASKED, probabilities, strict=True)
    )


def differences(expected: Sequence[KnownAnswer], found: Sequence[float]) -> list[str]:
    """Say where answers are not the known ones, a sentence each; empty when all are within `TOLERANCE`."""
    return [
        f"{answer.review!r} has probability {probability:.6f}; {answer.probability:.6f} expected"
        for answer, probability in zip(expected, found, strict=True)
        if not math.isclose(answer.probability, probability, rel_tol=0, abs_tol=TOLERANCE)
    ]
