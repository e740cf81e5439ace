"""A bounded memory of what was worked out for each word."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")

LARGEST = 200_000
"""Entries; ten times the words of the article's reviews. A service that meets untrusted text for months stays small."""


class Memo(dict[str, Value], Generic[Value]):
    """A dict that works a missing value out, and starts afresh when it is full.

    Looking a known word up costs no Python call, which is why the recipes use this and not `functools.lru_cache`.

    Args:
        work_out: Pure; called once a word.
        largest: Entries.
    """

    def __init__(self, work_out: Callable[[str], Value], largest: int = LARGEST) -> None:
        super().__init__()
        self.work_out = work_out
        self._largest = largest

    def __missing__(self, word: str) -> Value:
        value = self.work_out(word)
        if len(self) >= self._largest:
            self.clear()
        self[word] = value
        return value
