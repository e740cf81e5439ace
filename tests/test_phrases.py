"""Numbers in sentences."""

from __future__ import annotations

import pytest

from sentiment.phrases import amount, some


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (amount(0, "row"), "0 rows"),
        (amount(1, "row"), "1 row"),
        (amount(2_000, "row"), "2,000 rows"),
        (amount(1, "row has", "rows have"), "1 row has"),
        (amount(2, "row has", "rows have"), "2 rows have"),
        (some(range(5)), "0, 1, 2, 3, 4"),
        (some(range(1_006)), "0, 1, 2, 3, 4 and 1,001 more"),
        (some("abc", between="; ", most=2), "a; b and 1 more"),
    ],
)
def test_a_number_agrees_with_what_is_counted(said, expected):
    assert said == expected
