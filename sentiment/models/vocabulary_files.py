"""Vocabularies as text, one word a line: read in milliseconds, and by anybody.

skops keeps a dict of 80,000 words as a tree of 80,000 nodes, each of which it checks on the way back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from sentiment.errors import ModelFileError
from sentiment.models.skops_files import naming_damage


def save_words(words: Sequence[str], path: Path) -> str:
    """Write words in their order.

    Returns:
        The sha256 of the file: text that is cut off is still text, and every word after a lost one would get another
        word's weight.

    Raises:
        ValueError: A word has a line break in it.
    """
    if any("\n" in word for word in words):
        raise ValueError("a word with a line break in it found; a recipe gives words without any")
    content = "".join(f"{word}\n" for word in words).encode()
    path.write_bytes(content)
    return hashlib.sha256(content).hexdigest()


def load_words(path: Path, sha256: str) -> list[str]:
    """Read what `save_words` wrote.

    Raises:
        ModelFileError: The file is missing, or it holds other words.
    """
    with naming_damage(path):
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() != sha256:
            raise ModelFileError(f"{path} is missing or damaged: it does not hold the words that were stored")
        return content.decode().split("\n")[:-1]
