"""Handing a pipeline to an orchestrator that starts it again and again by itself."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from zenml.client import Client
from zenml.config.schedule import Schedule
from zenml.pipelines.pipeline_definition import Pipeline

from pipelines.monitoring import monitoring
from pipelines.settings import on_active_stack
from pipelines.training import training
from sentiment.errors import ConfigError
from sentiment.monitoring.order import Order
from sentiment.release.policy import Policy
from sentiment.training.candidates import TrainingConfig
from sentiment.training.lineage import TrainingData
from stack_config.opening import open_zenml
from steps.shared.reviews_file import within_reach
from steps.shared.tracking import run_store


def require_schedulable(instead: str) -> None:
    """Make sure that the active stack's orchestrator starts pipelines by itself.

    Args:
        instead: A sentence that says what does the same where it does not.

    Raises:
        ConfigError: It does not; the message ends with that sentence.
    """
    open_zenml()
    stack = Client().active_stack
    if not stack.orchestrator.config.is_schedulable:
        raise ConfigError(
            f"the orchestrator of stack {stack.name!r} ({stack.orchestrator.flavor}) starts nothing by itself. "
            f"{instead}"
        )


def schedule_training(
    config: TrainingConfig,
    policy: Policy,
    data: TrainingData,
    *,
    cron: str,
    encoding: str,
    tags: dict[str, str],
    use_cache: bool,
) -> str:
    """Have the active stack's orchestrator train at the times of a cron expression, until the schedule is deleted.

    What is trained on is the file as it is now. The arguments are those of `launch.launch_training`.

    Returns:
        The schedule's name in ZenML.

    Raises:
        TrackingError: The tracking store does not answer, which the runs would need.
    """
    run_store().require_answer()
    data = data.model_copy(update={"source": within_reach(data.source, data.sha256)})
    order = {"config": config, "policy": policy, "data": data, "encoding": encoding, "tags": tags}
    return _scheduled(training, cron, use_cache=use_cache, **order)


def schedule_monitoring(version: str, order: Order, *, cron: str, draw: bool) -> str:
    """Have the active stack's orchestrator judge windows at the times of a cron expression, as `schedule_training`.

    A version called ``champion`` is the one that is it at the time. Its reference is made each time, since the cache
    would not know that it is another one. The other arguments are those of `pipelines.monitoring`.
    """
    run_store().require_answer()
    alerts = Client().active_stack.alerter is not None
    what = {"version": version, "model_uri": "", "order": order, "draw": draw, "alerts": alerts}
    return _scheduled(monitoring, cron, use_cache=False, **what)


def _scheduled(pipeline: Pipeline, cron: str, *, use_cache: bool, **parameters: Any) -> str:
    name = f"{pipeline.name}-{datetime.now(UTC):%Y-%m-%d-%H-%M-%S-%f}"
    schedule = Schedule(name=name, cron_expression=cron)
    on_active_stack(pipeline, enable_cache=use_cache, schedule=schedule)(**parameters)
    return name
