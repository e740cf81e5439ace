"""What a finished training run left behind."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from zenml.client import Client
from zenml.enums import ExecutionStatus
from zenml.models import PipelineRunResponse

from pipelines.training import NAME
from sentiment.errors import InputError
from sentiment.release.policy import Policy
from sentiment.reports.production import Champion, Production
from sentiment.reports.training_run import TrainingRun
from sentiment.tracking import MODEL_NAME
from sentiment.tracking.registry.history import CHANGES_CHAMPION
from sentiment.tracking.registry.store import Registry
from sentiment.tracking.registry.version import MONITORING_TAG
from sentiment.tracking.runs.lookup import zenml_run_of
from sentiment.training.candidates import parse_training_config
from stack_config.object_store import require_object_store
from steps.shared.registry import open_registry
from steps.shared.tracking import run_store

LISTED = 5
MLFLOW_RUN_ID = re.compile("[0-9a-f]{32}")


def find_run(named: str | None) -> PipelineRunResponse:
    """Find a finished training run.

    Args:
        named: ZenML's name or id of it, or the id of its MLflow run; None for the newest of the active stack.

    Raises:
        InputError: There is no such run, it is another pipeline's, or it did not finish; the newest are listed.
    """
    client = Client()
    require_object_store()  # what a run made may lie there
    if named is None:
        newest = _newest(stack_id=client.active_stack_model.id, size=1)
        if not newest:
            raise InputError(f"no training run has finished on stack {client.active_stack_model.name!r}. {_known()}")
        return client.get_pipeline_run(newest[0].id)
    try:
        name = zenml_run_of(run_store().tracking_uri, named) if MLFLOW_RUN_ID.fullmatch(named) else None
        run = client.get_pipeline_run(name or named, allow_name_prefix_match=False)
    except KeyError as error:
        raise InputError(f"no training run is called {named!r}. {_known()}") from error
    if run.pipeline is None or run.pipeline.name != NAME:
        raise InputError(f"{run.name} is no training run, so there is no report of it. {_known()}")
    if run.status != ExecutionStatus.COMPLETED:
        raise InputError(f"{run.name} did not finish ({run.status.value}), so there is no report of it. {_known()}")
    return run


def read_run(run: PipelineRunResponse) -> TrainingRun:
    """Read what a finished training run made, and ask the registry what is in production now.

    Raises:
        InputError: An older version of this project made it, which stored something else, or ZenML recorded no times.
    """
    if run.start_time is None or run.end_time is None:
        raise InputError(f"ZenML did not record when {run.name} ran, so there is no report of it. {_known()}")
    made = _Outputs(run)
    leaderboard = made.load("compare", "comparison")
    asked = run.config.parameters or {}
    return TrainingRun(
        run_id=str(run.id),
        stack=run.stack.name if run.stack else "unknown",
        developer=asked["tags"]["developer"],
        git_commit=asked["tags"]["git_commit"],
        started=run.start_time.replace(tzinfo=UTC),  # as all of ZenML's are
        finished=run.end_time.replace(tzinfo=UTC),
        config=parse_training_config(asked["config"], source=run.name),
        policy=Policy.from_mapping(asked["policy"], source=run.name),
        report=made.load("report", "report"),
        check=made.load("ingest", "data_check"),
        leaderboard=leaderboard,
        evidence=made.load(f"evaluate_{leaderboard.best.name}", "evidence"),
        registered=made.load("register", "registered"),
        decision=made.load("gate", "decision"),
        production=in_production(open_registry()),
    )


def in_production(registry: Registry) -> Production:
    """Ask a registry which version is the champion, since when, and who made it so."""
    number = registry.champion_number()
    asked = datetime.now(UTC)
    if number is None:
        return Production(model=MODEL_NAME, asked=asked, champion=None)
    version = registry.version(number)
    events = [event for event in registry.history() if event.confirmed and event.action in CHANGES_CHAMPION]
    last = events[-1] if events and events[-1].version == number else None
    champion = Champion(
        version=number,
        candidate=version.tags.get("candidate", "unknown"),
        is_sample=version.tags.get("is_sample") == "true",
        metrics=version.metrics,
        since=last.at if last else None,
        who=last.who if last else None,
        monitoring=version.tags.get(MONITORING_TAG),
    )
    return Production(model=MODEL_NAME, asked=asked, champion=champion)


class _Outputs:
    """The artifacts of a run, by step and name."""

    def __init__(self, run: PipelineRunResponse) -> None:
        self._name, self._steps = run.name, run.steps

    def load(self, step: str, output: str) -> Any:
        try:
            return self._steps[step].outputs[output][0].load()
        except FileNotFoundError as error:
            raise InputError(
                f"the {output} of {self._name} is no longer in the artifact store. "
                f"`python run.py` trains again. {_known()}"
            ) from error
        except (KeyError, ValueError) as error:  # ValueError: pydantic's, for a record of another shape
            raise InputError(
                f"{self._name} was made by another version of this project: its {output} cannot be read. "
                f"`python run.py` trains again. {_known()}"
            ) from error


def _newest(size: int, **filters: Any) -> list[PipelineRunResponse]:
    found = Client().list_pipeline_runs(
        pipeline=NAME, status=ExecutionStatus.COMPLETED.value, sort_by="desc:created", size=size, **filters
    )
    return list(found.items)


def _known() -> str:
    names = [run.name for run in _newest(LISTED)]
    if not names:
        return "There is none yet: `python run.py` trains."
    return "The newest that finished:\n" + "\n".join(f"  {name}" for name in names)
