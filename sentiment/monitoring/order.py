"""What is asked of monitoring: which window is judged, by what, and where its verdict is kept."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from sentiment.monitoring.config import MonitoringConfig


class Order(BaseModel):
    """One window that is to be judged.

    Attributes:
        name: Of the version, for people.
        log: Where the predictions are recorded.
        scored: A file that was scored, to be judged instead.
        asked: Which window, e.g. ``last:500``.
        history: The file with earlier windows, and what the service had counted then.
        config: What is watched.
        detector: Another library's, that is asked as well: ``alibi``. What it says decides nothing.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    log: str
    scored: str | None
    asked: str
    history: str
    config: MonitoringConfig
    detector: str | None = None
