"""Cleaning recipes: from the text of a review to the words a vectorizer counts.

A recipe is a scikit-learn compatible callable, ``document -> list of words``, that travels inside the model as the
``tokenizer`` of its vectorizer. One file a recipe: a candidate is trained again when the file of its own recipe
changes, and only then.

A document is what a model reads: the review, with the title in front of it when there is one.
"""

from __future__ import annotations

from collections.abc import Iterable

TITLE_END = "\x1f"
"""Separates the title from the review in a document (ASCII unit separator, which no typed text contains)."""


def join_title(titles: Iterable[str], reviews: Iterable[str]) -> list[str]:
    """Make one document of each title and review.

    Args:
        titles: One a review; an empty title adds nothing.
        reviews: The texts as the customers wrote them.

    Returns:
        ``title + TITLE_END + review``, or the review alone where the title is empty. A separator inside either
        text is replaced by a space, so that a review cannot pose as a title.
    """
    return [
        f"{title.replace(TITLE_END, ' ')}{TITLE_END}{review.replace(TITLE_END, ' ')}"
        if title
        else review.replace(TITLE_END, " ")
        for title, review in zip(titles, reviews, strict=True)
    ]
