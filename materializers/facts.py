"""What ZenML's dashboard shows beside a step or an artifact."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def facts(values: Mapping[str, Any]) -> dict[str, Any]:
    """Make one metadata value of many facts, which the dashboard shows as a card.

    Each value by itself costs ZenML two commits, and a training run tells a hundred facts: half a second.
    """
    return {"facts": dict(values)} if values else {}
