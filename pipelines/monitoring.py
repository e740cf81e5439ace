"""Wiring of monitoring: which step feeds which."""

from __future__ import annotations

from zenml import pipeline
from zenml.steps import BaseStep

from pipelines.caching import cached_by
from pipelines.settings import RESOURCES
from sentiment.monitoring.order import Order
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
def monitoring(version: str, model_uri: str, order: Order, draw: bool = False, alerts: bool = False) -> None:
    """Judge a window of what a version was asked and what it answered.

    Args:
        version: Its number.
        model_uri: Of its files.
        order: Which window, by what, and where its verdict is kept.
        draw: Have Evidently draw its report.
        alerts: Tell alarms by the stack's alerter, which there is then.
    """
    reference = _taking()(version=version, model_uri=model_uri)
    if draw:
        watched, drawn = watch_and_draw(reference=reference, order=order)
        kept = keep(watched=watched, history=order.history, config=order.config, drawn=drawn)
    else:
        kept = keep(watched=watch(reference=reference, order=order), history=order.history, config=order.config)
    if alerts:
        alert(kept=kept, history=order.history, config=order.config)
