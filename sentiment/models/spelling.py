"""Cleaned words as text again, for vectorizers that count characters."""

from __future__ import annotations

from collections.abc import Callable

from sentiment.text.settings import Settings


class Spelling(Settings):
    """Gives a document's cleaned words with one space between them.

    Args:
        recipe: Cleans a document into words.
    """

    def __init__(self, recipe: Callable[[str], list[str]]) -> None:
        self.recipe = recipe

    def __call__(self, document: str) -> str:
        """Clean one document."""
        return " ".join(self.recipe(document))
