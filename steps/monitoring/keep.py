"""Keep a window that was judged, and decide whether its alarm is told."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated

from zenml import step

from sentiment.monitoring.config import MonitoringConfig
from sentiment.monitoring.history import History, Watched
from sentiment.tracking.watching import record
from steps.shared.registry import open_registry
from steps.shared.tracking import run_store


@step(enable_cache=False)
def keep(watched: Watched, history: str, config: MonitoringConfig) -> Annotated[Watched, "kept"]:
    """Write a window into the history and into MLflow, each once, however often this is begun and killed.

    Args:
        watched: Just judged.
        history: The file.
        config: Has the cool-down.
    """
    kept = History(Path(history)).keep(watched, cool_down=timedelta(hours=config.cool_down_hours))
    record(run_store().tracking_uri, kept, open_registry().version(kept.version).run_id)
    return kept
