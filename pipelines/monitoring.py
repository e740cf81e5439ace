"""Wiring of monitoring: which step feeds which."""

from __future__ import annotations

from zenml import pipeline
from zenml.steps import BaseStep

from pipelines.caching import cached_by
from pipelines.settings import RESOURCES
from sentiment.monitoring.config import MonitoringConfig
from steps.monitoring.alert import alert
from steps.monitoring.keep import keep
from steps.monitoring.take_reference import take_reference
from steps.monitoring.watch import watch, watch_and_draw

NAME = "customer_sentiment_monitoring"


def _taking() -> BaseStep:
    return take_reference.with_options(cache_policy=cached_by("sentiment.monitoring.reference"))


@pipeline(name=f"{NAME}_reference", settings=RESOURCES, enable_cache=False)
def making_reference(version: str, model_uri: str) -> None:
    """Make the reference of a version anew, for `monitoring` to take from the cache."""
    _taking()(version=version, model_uri=model_uri)


@pipeline(name=NAME, settings=RESOURCES)
def monitoring(
    version: str,
    name: str,
    model_uri: str,
    log: str,
    scored: str | None,
    asked: str,
    history: str,
    config: MonitoringConfig,
    detector: str | None = None,
    draw: bool = False,
    alerts: bool = False,
) -> None:
    """Judge a window of what a version was asked and what it answered.

    Args:
        version: Its number.
        name: For people.
        model_uri: Of its files.
        log: Where the predictions are recorded.
        scored: A file that was scored, to be judged instead.
        asked: Which window.
        history: The file that windows are kept in.
        config: What is watched.
        detector: Another library's, that is asked as well: ``alibi``.
        draw: Have Evidently draw its report.
        alerts: Tell alarms by the stack's alerter, which there is then.
    """
    reference = _taking()(version=version, model_uri=model_uri)
    order = {
        "reference": reference,
        "name": name,
        "log": log,
        "scored": scored,
        "asked": asked,
        "history": history,
        "config": config,
        "detector": detector,
    }
    if draw:
        watched, drawn = watch_and_draw(**order)
        kept = keep(watched=watched, history=history, config=config, drawn=drawn)
    else:
        kept = keep(watched=watch(**order), history=history, config=config)
    if alerts:
        alert(kept=kept, history=history, config=config)
