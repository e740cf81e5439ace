"""What a header must have, and what divides its columns."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from sentiment.errors import InvalidReviewsError
from sentiment.phrases import some

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
_MOST_WORDS = 12
"""Of the name of a column."""


def require_columns(path: Path, header: list[str], expected: Sequence[str]) -> None:
    """Refuse a header with a name twice, or without the columns that are expected.

    Raises:
        InvalidReviewsError: Says which, and what was found.
    """
    problems = []
    if twice := [name for name, count in Counter(header).items() if count > 1 and name]:
        problems.append(f"the header has columns more than once: {some(map(repr, twice))}; each name once expected")
    if missing := [name for name in expected if name not in header]:
        found = some((repr(cell[:40]) for cell in header), most=20)
        problems.append(f"no column {' or '.join(repr(name) for name in missing)} in the header; found: {found}")
        if any(map(_is_no_name, header)):
            problems.append("the first line reads as a row, not as names of columns; a header expected above it")
        alike = {_plain(cell): cell for cell in header}
        problems += [
            f"{alike[_plain(name)]!r} is not {name!r}: the name in the header, letter for letter, is expected"
            for name in missing
            if _plain(name) in alike
        ]
    if problems:
        raise InvalidReviewsError(str(path), problems)


def _is_no_name(cell: str) -> bool:
    """Whether a cell is a number or a sentence: no column is called so."""
    try:
        return len(cell.split()) > _MOST_WORDS or math.isfinite(float(cell))
    except ValueError:
        return False


def _plain(name: str) -> str:
    return " ".join(name.casefold().replace("_", " ").split())
