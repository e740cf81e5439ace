"""Keep a window that was judged, and decide whether its alarm is told."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated

from zenml import step

from sentiment.monitoring.config import MonitoringConfig
from sentiment.monitoring.history import History, Watched
from sentiment.monitoring.tools import Drawn
from sentiment.tracking.watching import record
from steps.shared.registry import open_registry
from steps.shared.tracking import run_store


@step(enable_cache=False)
def keep(
    watched: Watched, history: str, config: MonitoringConfig, drawn: Drawn | None = None
) -> Annotated[Watched, "kept"]:
    """Write a window into the history and into MLflow, each once, however often this is begun and killed.

    The version's page in the registry says what its newest window was, and where that is.

    Args:
        watched: Just judged.
        history: The file.
        config: Has the cool-down.
        drawn: Evidently's report of the window; None where nobody asked for it.
    """
    windows = History(Path(history))
    kept = windows.keep(watched, cool_down=timedelta(hours=config.cool_down_hours))
    registry = open_registry()
    version = registry.version(kept.version)
    page = record(run_store().tracking_uri, kept, version.run_id, drawn=drawn.page if drawn else None)
    if windows.windows()[-1].window == kept.window:
        said = f"{kept.judgement.state} at {kept.judged:%Y-%m-%d %H:%M} UTC, window {kept.window}"
        registry.note_monitoring(version.version, said=said, page=page)
    return kept
