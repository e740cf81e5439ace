"""Scoring a file that somebody brought: the project's own reader and the service, a part at a time."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from sentiment.errors import InputError, InvalidReviewsError
from sentiment.reviews.csv_structure import read_table
from sentiment.reviews.reading import REVIEW
from sentiment.service.answers import unscorable
from sentiment.webapp.client import REVIEWS_A_REQUEST, Service

TITLE = "Title"
ADDED = ("row", "probability", "recommended", "known_words", "reason")
"""Columns that scoring adds."""


def read_upload(content: bytes) -> pd.DataFrame:
    """Read a CSV in the article's format; labels are not needed.

    Args:
        content: Of the file.

    Returns:
        Its columns as text, with ``row`` in front: the first below the header is 1.

    Raises:
        InputError: It cannot be read.
        InvalidReviewsError: It breaks the format; every problem is listed.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "reviews.csv"
        path.write_bytes(content)
        table = read_table(path, encoding="utf-8", expected=(REVIEW,))
    if table.problems:
        raise InvalidReviewsError("the file", table.problems)
    if taken := [name for name in ADDED if name in table.header]:
        raise InputError(f"the file has columns {', '.join(taken)}, which scoring adds; rename them, or leave them out")
    if not table.rows:
        raise InputError("the file has no rows below its header")
    frame = pd.DataFrame(table.rows, columns=table.header, dtype=object)
    frame.insert(0, "row", table.numbers)
    return frame


def score_upload(frame: pd.DataFrame, service: Service, on_progress: Callable[[float], None]) -> pd.DataFrame:
    """Ask a service about the rows of a file.

    Args:
        frame: As `read_upload` gives it.
        service: Is asked.
        on_progress: Told the share that is done, in [0, 1].

    Returns:
        The frame with ``probability``, ``recommended``, ``known_words`` and, for a row that cannot be scored, its
        ``reason``.

    Raises:
        InputError: The service refused reviews.
        ServiceError: It does not answer.
    """
    reviews = [str(review) for review in frame[REVIEW]]
    titles = [str(title) for title in frame[TITLE]] if TITLE in frame else [""] * len(reviews)
    reasons = [unscorable(review, title) for review, title in zip(reviews, titles, strict=True)]
    asked = [position for position, reason in enumerate(reasons) if reason is None]
    answers: dict[int, dict[str, Any]] = {}
    for start in range(0, len(asked), REVIEWS_A_REQUEST):
        part = asked[start : start + REVIEWS_A_REQUEST]
        found = service.ask([reviews[position] for position in part], [titles[position] for position in part])
        answers.update(zip(part, found, strict=True))
        on_progress(len(answers) / len(asked))
    scored = frame.copy()
    for name in ("probability", "recommended", "known_words"):
        scored[name] = [answers[position][name] if position in answers else None for position in range(len(reviews))]
    scored["reason"] = pd.Series(reasons, index=frame.index, dtype=object)
    return scored
