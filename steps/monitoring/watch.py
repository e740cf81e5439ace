"""Judge a window of recorded predictions."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from zenml import log_metadata, step

from sentiment.monitoring.config import MonitoringConfig
from sentiment.monitoring.history import Watched
from sentiment.monitoring.judge import judge
from sentiment.monitoring.reference import Reference
from sentiment.monitoring.rows import rows_of
from sentiment.monitoring.window import choose
from sentiment.service.predictions import read_log


@step(enable_cache=False)
def watch(
    reference: Reference, name: str, log: str, asked: str, config: MonitoringConfig
) -> Annotated[Watched, "watched"]:
    """Choose the window, and judge it against the reference.

    Args:
        reference: Of the version.
        name: Of the version, for people.
        log: The folder of the prediction log.
        asked: Which window.
        config: What is watched.
    """
    now = datetime.now(UTC)
    found = read_log(Path(log))
    window = choose(found, asked, reference.version, now=now)
    judgement = judge(
        rows_of(window.predictions, window.labels),
        reference.rows(),
        config,
        threshold=reference.threshold,
        at_registration=reference.metrics,
    )
    times = [one.time for one in window.predictions]
    log_metadata({"state": judgement.state, "rows": judgement.rows, "version": reference.version})
    return Watched(
        window=window.identity(reference.version, config.model_dump_json()),
        version=reference.version,
        name=name,
        asked=asked,
        first=min(times, default=None),
        last=max(times, default=None),
        judged=now,
        judgement=judgement,
        notes=window.notes(found.broken),
    )
