"""Wiring of the deployment: which step feeds which."""

from __future__ import annotations

from zenml import pipeline

from pipelines.settings import RESOURCES
from steps.deployment.steps import smoke_test, start_server, switch, verify


@pipeline(name="customer_sentiment_deployment", enable_cache=False, settings=RESOURCES)
def deployment(version: str, target: str) -> None:
    """Put a version of the registered model into service, without a moment in which nothing answers.

    Args:
        version: A number, or ``champion``.
        target: What serves it: ``mlflow``, ``service`` or ``zenml``.
    """
    deployable = verify(version=version)
    server = start_server(deployable=deployable, target=target)
    answers = smoke_test(server=server, deployable=deployable)
    switch(server=server, deployable=deployable, answers=answers)
