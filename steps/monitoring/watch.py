"""Judge a window of recorded predictions."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NamedTuple

from zenml import log_metadata, step
from zenml.client import Client

from sentiment.errors import ToolError
from sentiment.models.known_words import word_counter
from sentiment.monitoring.config import MonitoringConfig
from sentiment.monitoring.history import History, Watched
from sentiment.monitoring.judge import judge
from sentiment.monitoring.limits import Reading, reading_after, requests_of
from sentiment.monitoring.order import Order
from sentiment.monitoring.reference import Reference
from sentiment.monitoring.rows import Rows, rows_of
from sentiment.monitoring.scored import read_scored
from sentiment.monitoring.tools import ALIBI, EVIDENTLY, Drawn, Opinion, opinion, report
from sentiment.monitoring.window import choose
from sentiment.reviews.schema import Schema
from sentiment.service.client import metrics_of
from sentiment.service.current import read_current
from sentiment.service.predictions import Log
from sentiment.tracking.registry.release import load_version
from sentiment.tracking.registry.store import ARCHIVED
from sentiment.tracking.watching import DRAWN
from stack_config.active import service_file
from stack_config.prediction_log import open_log
from steps.deployment.server import OWN
from steps.shared.registry import open_registry


@step(enable_cache=False)
def watch(reference: Reference, order: Order) -> Annotated[Watched, "watched"]:
    """Choose the window, and judge it against the version's reference."""
    return _watched(reference, order).watched


@step(enable_cache=False)
def watch_and_draw(
    reference: Reference, order: Order
) -> tuple[Annotated[Watched, "watched"], Annotated[Drawn, "evidently"]]:
    """Do what `watch` does, and have Evidently draw the same window; that it cannot loses no verdict.

    Returns:
        The window, and Evidently's page or why there is none.
    """
    found = _watched(reference, order)
    try:
        drawn = report(found.window, found.reference, rate=order.config.false_alarm_rate)
    except ToolError as error:
        return found.watched, Drawn(failure=str(error))
    note = f"{EVIDENTLY.name}'s report is beside this: in ZenML artifact 'evidently', in MLflow {DRAWN}"
    noted = found.watched.model_copy(update={"notes": (*found.watched.notes, note)})
    return noted, Drawn(page=drawn)


class _Found(NamedTuple):
    watched: Watched
    window: Rows
    reference: Rows


def _watched(reference: Reference, order: Order) -> _Found:
    reference.require_whole()
    now = datetime.now(UTC)
    config = order.config
    found = _scored(Path(order.scored), reference.version) if order.scored else open_log(order.log).read()
    window = choose(found, order.asked, reference.version, now=now)
    reading = _reading(Path(order.history), config) if order.scored is None else None
    rows, against = rows_of(window.predictions, window.labels), reference.rows()
    judgement = judge(
        rows,
        against,
        config,
        threshold=reference.threshold,
        at_registration=reference.metrics,
        requests=reading.since if reading else None,
    )
    said, notes = _opinion(order.detector, rows, against, config)
    if reading is not None and reading.restarted:
        notes.append("the service was started anew since the last window: its requests are those since then")
    if open_registry().version(reference.version).stage == ARCHIVED:
        notes.append(f"version {reference.version} was archived: it is meant to answer no more")
    more = [said.tool] if said else []
    if reading is not None and judgement.of_requests:  # without an answer there is no prediction to tell windows apart
        more.append(reading.since.model_dump_json())
    times = [one.time for one in window.predictions]
    log_metadata({"state": judgement.state, "rows": judgement.rows, "version": reference.version})
    watched = Watched(
        window=window.identity(reference.version, config.model_dump_json(), *more),
        version=reference.version,
        name=order.name,
        asked=order.asked,
        first=min(times, default=None),
        last=max(times, default=None),
        judged=now,
        judgement=judgement,
        notes=(*window.notes(found.broken), *notes),
        opinion=said,
        reading=reading,
    )
    return _Found(watched, rows, against)


def _opinion(
    detector: str | None, window: Rows, reference: Rows, config: MonitoringConfig
) -> tuple[Opinion | None, list[str]]:
    """Ask the other library, where that is wanted; that it cannot answer is a note, and loses no verdict."""
    if detector != ALIBI.target or len(window) < config.fewest_rows:
        return None, []
    try:
        return opinion(window, reference, rate=config.false_alarm_rate, seed=config.seed), []
    except ToolError as error:
        return None, [f"{ALIBI.name} gave no verdict: {error}"]


def _scored(file: Path, version: str) -> Log:
    """Read a file; it does not say how many words a review has, so the model counts them."""
    registry = open_registry()
    found = registry.version(version)
    return read_scored(file, Schema.of_tags(found.tags), word_counter(load_version(registry, found)))


def _reading(history: Path, config: MonitoringConfig) -> Reading | None:
    """Ask the project's own service, where it is current on this stack, what it counted since the last window."""
    current = read_current(service_file(str(Client().active_stack_model.id)))
    text = metrics_of(current.address) if current is not None and current.target in OWN else None
    counted = requests_of(text) if text is not None else None
    if counted is None:
        return None
    return reading_after(History(history).last_reading(), counted, config.limits.fewest_requests)
