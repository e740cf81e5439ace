"""Judge a window of recorded predictions."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from zenml import log_metadata, step
from zenml.client import Client

from sentiment.models.known_words import word_counter
from sentiment.monitoring.config import MonitoringConfig
from sentiment.monitoring.history import Watched
from sentiment.monitoring.judge import judge
from sentiment.monitoring.limits import Requests, requests_of
from sentiment.monitoring.reference import Reference
from sentiment.monitoring.rows import rows_of
from sentiment.monitoring.scored import read_scored
from sentiment.monitoring.window import choose
from sentiment.reviews.schema import Schema
from sentiment.service.client import metrics_of
from sentiment.service.current import read_current
from sentiment.service.predictions import Log
from sentiment.tracking.registry.release import load_version
from stack_config.active import service_file
from stack_config.prediction_log import open_log
from steps.deployment.server import OWN
from steps.shared.registry import open_registry


@step(enable_cache=False)
def watch(
    reference: Reference, name: str, log: str, scored: str | None, asked: str, config: MonitoringConfig
) -> Annotated[Watched, "watched"]:
    """Choose the window, and judge it against the reference.

    Args:
        reference: Of the version.
        name: Of the version, for people.
        log: Where the predictions are recorded.
        scored: A file that was scored, to be judged instead.
        asked: Which window.
        config: What is watched.
    """
    now = datetime.now(UTC)
    found = _scored(Path(scored), reference.version) if scored else open_log(log).read()
    window = choose(found, asked, reference.version, now=now)
    judgement = judge(
        rows_of(window.predictions, window.labels),
        reference.rows(),
        config,
        threshold=reference.threshold,
        at_registration=reference.metrics,
        requests=_requests() if scored is None else None,
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


def _scored(file: Path, version: str) -> Log:
    """Read a file; it does not say how many words a review has, so the model counts them."""
    registry = open_registry()
    found = registry.version(version)
    return read_scored(file, Schema.of_tags(found.tags), word_counter(load_version(registry, found)))


def _requests() -> Requests | None:
    """Ask the project's own service, where it is current on this stack, what it counted."""
    current = read_current(service_file(str(Client().active_stack_model.id)))
    counted = metrics_of(current.address) if current is not None and current.target in OWN else None
    return requests_of(counted) if counted is not None else None
