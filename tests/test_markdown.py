"""Names that other people chose, in descriptions that MLflow renders."""

from __future__ import annotations

import pytest

from sentiment.markdown import verbatim


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("reviews.csv", "`reviews.csv`"),
        ("<img src=https://example.org/x>", "`<img src=https://example.org/x>`"),
        ("a` ![picture](https://example.org/x) `b", "`aˋ ![picture](https://example.org/x) ˋb`"),
        ("two\n\n# lines", "`two # lines`"),
    ],
)
def test_a_name_cannot_leave_its_code_span(name: str, written: str):
    assert verbatim(name) == written
