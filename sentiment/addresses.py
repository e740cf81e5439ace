"""Addresses of objects in stores, as told from paths."""

from __future__ import annotations

from pathlib import Path


def is_address(named: Path | str) -> bool:
    """Tell whether something is the address of objects, such as ``s3a://bucket/reviews/``."""
    return "://" in str(named)
