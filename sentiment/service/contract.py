"""What a served model takes and gives where reviews come in a data frame, as MLflow's server has them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sentiment.errors import InputError
from sentiment.models.scorer import Scorer
from sentiment.phrases import some
from sentiment.service.answers import Answerer, unscorable

REVIEW, TITLE, WORDS = "review", "title", "words"


class Reader:
    """Answers about reviews as they come from outside, in a frame.

    Args:
        scorer: The model.
    """

    def __init__(self, scorer: Scorer) -> None:
        self._answerer = Answerer(scorer)

    def answer(self, reviews: pd.DataFrame, *, words: int = 0) -> dict[str, list[Any]]:
        """Score reviews.

        Args:
            reviews: Column ``review``, and ``title`` where there are titles; a missing title is an empty one.
            words: Name at most so many words that moved each verdict.

        Returns:
            Columns with a value a review: ``probability`` in [0, 1] that the customer recommends the product;
            ``recommended``, whether that reaches the model's threshold; ``known_words``, how many of its words the
            model knows; and, where `words` were asked for, ``words``: pairs of word and log-odds, strongest first, or
            None for a family that cannot tell.

        Raises:
            InputError: A review is missing, no text or blank, or too long; nothing is answered where nothing was said.
        """
        answers = self._answerer.answer(*_texts(reviews), words=words)
        columns: dict[str, list[Any]] = {
            "probability": [answer.probability for answer in answers],
            "recommended": [answer.recommended for answer in answers],
            "known_words": [answer.known_words for answer in answers],
        }
        return columns | ({WORDS: [answer.moved_by for answer in answers]} if words else {})


def _texts(reviews: pd.DataFrame) -> tuple[list[str], list[str]]:
    """Check reviews, and give their texts and titles."""
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
    return texts, titles


def _problem(review: Any, title: Any) -> str | None:
    for name, value in ((REVIEW, review), (TITLE, title)):
        if not isinstance(value, str):
            found = "nothing" if _is_missing(value) else type(value).__name__
            return f"{name} is {found}; text expected"
    return unscorable(review, title)


def _is_missing(value: Any) -> bool:
    return not isinstance(value, str) and bool(pd.api.types.is_scalar(value) and pd.isna(value))
