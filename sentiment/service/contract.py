"""What a served model takes and gives, whatever serves it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sentiment.errors import InputError
from sentiment.models.explain import contributions
from sentiment.models.one_document import single_scorer
from sentiment.models.text_model import TextModel
from sentiment.reviews.csv_structure import LONGEST_CELL, some
from sentiment.text import join_title

REVIEW, TITLE, WORDS = "review", "title", "words"


class Reader:
    """Answers about reviews as they come from outside.

    Args:
        model: The trained pair.
    """

    def __init__(self, model: TextModel) -> None:
        self.model = model
        self._single = single_scorer(model)

    def answer(self, reviews: pd.DataFrame, *, words: int = 0) -> dict[str, list[Any]]:
        """Score reviews.

        Args:
            reviews: Column ``review``, and ``title`` where there are titles; a missing title is an empty one.
            words: Name at most so many words that moved each verdict.

        Returns:
            Columns with a value a review: ``probability`` in [0, 1] that the customer recommends the product;
            ``recommended``, whether that reaches the model's threshold; and, where `words` were asked for, ``words``:
            pairs of word and log-odds, strongest first, or None for a family that cannot tell.

        Raises:
            InputError: A review is missing, no text or blank, or too long; nothing is answered where nothing was said.
        """
        documents = _documents(reviews)
        if len(documents) == 1 and self._single is not None:
            probability = [self._single(documents[0])]
        else:
            probability = self.model.predict_proba(documents).tolist()
        threshold = self.model.threshold
        answers: dict[str, list[Any]] = {
            "probability": probability,
            "recommended": [one >= threshold for one in probability],
        }
        if words:
            answers[WORDS] = [contributions(self.model, document, words) for document in documents]
        return answers


def _documents(reviews: pd.DataFrame) -> list[str]:
    """Check reviews, and make the documents that a model reads of them."""
    texts = reviews[REVIEW].tolist()
    titles = reviews[TITLE].tolist() if TITLE in reviews else [""] * len(texts)
    titles = ["" if _is_missing(title) else title for title in titles]
    problems = [
        f"row {row}: {problem}"
        for row, pair in enumerate(zip(texts, titles, strict=True))
        if (problem := _problem(*pair)) is not None
    ]
    if problems:
        raise InputError(some(problems, between="; "))
    return join_title(titles, texts)


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
    return not isinstance(value, str) and bool(pd.api.types.is_scalar(value) and pd.isna(value))
