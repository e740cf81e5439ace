"""Cron expressions, as every cron and every orchestrator reads them."""

from __future__ import annotations

import re
from typing import NamedTuple


class _Field(NamedTuple):
    name: str
    first: int
    last: int
    names: tuple[str, ...] = ()
    """For the numbers from `first` on."""

    @property
    def expected(self) -> str:
        named = f", or {self.names[0]} to {self.names[-1]}" if self.names else ""
        return f"{self.first} to {self.last}{named}"


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of the month", 1, 31),
    _Field("month", 1, 12, _MONTHS),
    _Field("day of the week", 0, 7, _DAYS),
)
_LONGEST_MONTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_PART = re.compile(r"(?:\*|(?P<low>[^-/]+)(?:-(?P<high>[^-/]+))?)(?:/(?P<step>[^/]+))?")
_CHARACTERS = re.compile(r"[0-9A-Za-z*/,-]+")


def checked(expression: str) -> str:
    """Check a cron expression.

    Args:
        expression: Five fields. Each is a list of numbers, ranges and ``*``; a range and ``*`` may have a step. Months
            and days of the week may have English names of three letters.

    Returns:
        The expression with one space between its fields.

    Raises:
        ValueError: It is none, or names a day that never comes.
    """
    fields = expression.split()
    if len(fields) != len(FIELDS) or not all(_CHARACTERS.fullmatch(field) for field in fields):
        raise ValueError(
            f"{expression!r} is no cron expression; five fields expected "
            f'({", ".join(field.name for field in FIELDS)}), such as "0 3 * * 1" for Mondays at three'
        )
    _, _, days, months, _ = (_values(text, field) for text, field in zip(fields, FIELDS, strict=True))
    # A restricted day of the week starts the command as well: cron takes either.
    if fields[4].startswith("*") and min(days) > max(_LONGEST_MONTHS[month - 1] for month in months):
        raise ValueError(f"{expression!r} names a day that never comes: none of its months has {min(days)} days")
    return " ".join(fields)


def _values(text: str, field: _Field) -> set[int]:
    return {value for part in text.split(",") for value in _values_of_part(part, field)}


def _values_of_part(part: str, field: _Field) -> range:
    found = _PART.fullmatch(part)
    if found is None:
        raise ValueError(f"{part!r} is no {field.name}; a number, a range such as 1-5, or * expected")
    low = field.first if found["low"] is None else _number(found["low"], field)
    high = field.last if found["low"] is None else low if found["high"] is None else _number(found["high"], field)
    if low > high:
        raise ValueError(f"{part!r} is no {field.name}: the range ends before it begins")
    if found["step"] is None:
        return range(low, high + 1)
    if found["low"] is not None and found["high"] is None:
        raise ValueError(
            f"{part!r} is no {field.name}: a step needs a range or *; {low}-{field.last} expected before it"
        )
    return range(low, high + 1, _step(found["step"], part, field))


def _number(text: str, field: _Field) -> int:
    if text.lower() in field.names:
        return field.first + field.names.index(text.lower())
    if not (text.isascii() and text.isdigit()) or not field.first <= int(text) <= field.last:
        raise ValueError(f"{text} is no {field.name}; {field.expected} expected")
    return int(text)


def _step(text: str, part: str, field: _Field) -> int:
    most = field.last - field.first
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= most:
        raise ValueError(f"{part!r} is no {field.name}: its step is {text}; 1 to {most} expected")
    return int(text)
