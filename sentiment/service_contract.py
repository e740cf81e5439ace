"""What a served model takes and gives, whatever serves it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sentiment.csv_structure import LONGEST_CELL
from sentiment.errors import InputError
from sentiment.explain import contributions
from sentiment.model import TextModel
from sentiment.text import join_title

REVIEW, TITLE, WORDS = "review", "title", "words"
_SHOWN = 5


def score_reviews(model: TextModel, reviews: pd.DataFrame, *, words: int = 0) -> pd.DataFrame:
    """Score reviews as they came from outside.

    Args:
        model: The trained pair.
        reviews: Column ``review``, and ``title`` where there are titles; a missing title is an empty one.
        words: Name at most so many words that moved each verdict.

    Returns:
        A row a review: ``probability`` in [0, 1] that the customer recommends the product; ``recommended``, whether
        that reaches the model's threshold; and, where `words` were asked for, ``words``: pairs of word and log-odds,
        strongest first, or None for a family that cannot tell.

    Raises:
        InputError: A review is missing, no text or blank, or too long; nothing is answered where nothing was said.
    """
    texts = reviews[REVIEW].tolist()
    titles = reviews[TITLE].tolist() if TITLE in reviews else [""] * len(texts)
    titles = ["" if _is_missing(title) else title for title in titles]
    problems = [
        f"row {row}: {problem}"
        for row, pair in enumerate(zip(texts, titles, strict=True))
        if (problem := _problem(*pair)) is not None
    ]
    if problems:
        more = f" and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
        raise InputError("; ".join(problems[:_SHOWN]) + more)
    documents = join_title(titles, texts)
    probability = model.predict_proba(documents)
    answers = pd.DataFrame({"probability": probability, "recommended": probability >= model.threshold})
    if words:
        answers[WORDS] = pd.Series([contributions(model, document, words) for document in documents], dtype=object)
    answers.index = reviews.index
    return answers


def unscorable(review: str, title: str = "") -> str | None:
    """Say why a text cannot be scored; None when it can."""
    if not review or review.isspace():
        return "the review has no text"
    if max(len(review), len(title)) > LONGEST_CELL:
        return f"a text has over {LONGEST_CELL:,} characters"
    return None


def _problem(review: Any, title: Any) -> str | None:
    for name, value in ((REVIEW, review), (TITLE, title)):
        if not isinstance(value, str):
            found = "nothing" if _is_missing(value) else type(value).__name__
            return f"{name} is {found}; text expected"
    return unscorable(review, title)


def _is_missing(value: Any) -> bool:
    return bool(pd.api.types.is_scalar(value) and pd.isna(value))
