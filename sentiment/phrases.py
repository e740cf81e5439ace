"""Parts of sentences: a number of things, and the first few of many."""

from __future__ import annotations

from collections.abc import Iterable


def amount(number: int, one: str, many: str | None = None) -> str:
    """Say how many there are: ``1 row``, ``2,000 rows``.

    Args:
        number: Of things.
        one: What one of them is called, with what agrees with it: ``row has``.
        many: The same of none or several; without it, `one` with an s.
    """
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def some(values: Iterable[object], *, between: str = ", ", most: int = 5) -> str:
    """Name the first few of many, and how many more there are."""
    listed = [str(value) for value in values]
    more = len(listed) - most
    return between.join(listed[:most]) + (f" and {more:,} more" if more > 0 else "")
