"""Wiring of monitoring: which step feeds which."""

from __future__ import annotations

from zenml import pipeline

from pipelines.caching import cached_by
from pipelines.settings import RESOURCES
from sentiment.monitoring.config import MonitoringConfig
from steps.monitoring.keep import keep
from steps.monitoring.take_reference import take_reference
from steps.monitoring.watch import watch

NAME = "customer_sentiment_monitoring"


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
    """
    asking = take_reference.with_options(cache_policy=cached_by("sentiment.monitoring.reference"))
    reference = asking(version=version, model_uri=model_uri)
    watched = watch(reference=reference, name=name, log=log, scored=scored, asked=asked, config=config)
    keep(watched=watched, history=history, config=config)
