"""Fixtures for all tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
pytest_plugins = ["tests.trained", "tests.databases"]


@pytest.fixture(scope="session")
def real_csv() -> Path:
    """The article's reviews, which are not part of the repository."""
    named = os.environ.get("REVIEWS_CSV")
    path = Path(named) if named else ROOT.parent / "shared" / "data" / "Womens Clothing E-Commerce Reviews.csv"
    if not path.is_file():
        pytest.skip("needs the article's CSV: set REVIEWS_CSV to its path")
    return path
