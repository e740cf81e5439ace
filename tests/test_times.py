"""A time that somebody writes means one point in time, or is refused."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sentiment.errors import InputError
from sentiment.times import past_time

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-31", "2026-01-31T00:00:00+00:00"),
        ("2026-01-31T12:00", "2026-01-31T12:00:00+00:00"),
        ("2026-01-31 12:00", "2026-01-31T12:00:00+00:00"),
        ("2026-01-31T12:00Z", "2026-01-31T12:00:00+00:00"),
        ("2026-01-31T12:00:30-05:00", "2026-01-31T17:00:30+00:00"),
        ("2026-01-31T12:00 Europe/Berlin", "2026-01-31T11:00:00+00:00"),
        ("2026-05-31 12:00 Europe/Berlin", "2026-05-31T10:00:00+00:00"),
        ("2026-06-01T12:00 UTC", "2026-06-01T12:00:00+00:00"),
    ],
)
def test_an_offset_or_a_zone_counts_and_without_them_it_is_utc(text, expected):
    assert past_time(text, now=NOW).isoformat() == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tomorrow", "'tomorrow' is no time; a time such as 2026-01-31, "),
        ("", "'' is no time"),
        ("2026-13-01", "is no time"),
        ("0001-01-01T00:00+14:00", "is no time"),
        ("2026-01-31T12:00 Nowhere/Else", "there is no time zone 'Nowhere/Else'"),
        ("2026-01-31T12:00 Europe", "there is no time zone 'Europe'"),
        ("2026-01-31T12:00+01:00 Europe/Berlin", "has an offset and a zone"),
        ("2025-10-26T02:30 Europe/Berlin", r"showed 2025-10-26T02:30 twice; give an offset .*\(\+0200 and \+0100"),
        ("2026-03-29T02:30 Europe/Berlin", "showed 2026-03-29T02:30 never"),
        ("2026-06-01T12:01", "in the future: 2026-06-01 12:01:00 UTC given, and now it is 2026-06-01 12:00:00 UTC"),
        ("2026-06-01T12:01+00:00", "in the future"),
        ("2026-06-01T13:01 Europe/London", "in the future"),
    ],
)
def test_what_is_no_time_in_the_past_is_refused(text, said):
    with pytest.raises(InputError, match=said):
        past_time(text, now=NOW)
