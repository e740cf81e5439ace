"""A candidate as the experiment remembers it."""

from __future__ import annotations

from datetime import UTC, datetime

from mlflow.entities import Run
from pydantic import BaseModel, ConfigDict

PARENT_TAG = "mlflow.parentRunId"
CANDIDATE_TAG = "candidate"
ZENML_RUN_TAG = "zenml_run"


class TrackedCandidate(BaseModel):
    """A row of `python run.py runs`.

    Attributes:
        data: What it was trained on, for people.
        seconds: From the run's start to its end; None while it runs.
        tags: Without MLflow's own.
    """

    model_config = ConfigDict(frozen=True)

    run_id: str
    parent_run_id: str | None
    name: str
    family: str | None
    data: str | None
    status: str
    started: datetime
    seconds: float | None
    metrics: dict[str, float]
    params: dict[str, str]
    tags: dict[str, str]
    zenml_run: str | None

    @classmethod
    def of_run(cls, run: Run) -> TrackedCandidate:
        """Read what was recorded in the MLflow run of a candidate."""
        tags, info = run.data.tags, run.info
        return cls(
            run_id=info.run_id,
            parent_run_id=tags.get(PARENT_TAG),
            name=tags[CANDIDATE_TAG],
            family=tags.get("family"),
            data=tags.get("data"),
            status=info.status,
            started=datetime.fromtimestamp(info.start_time / 1000, UTC),
            seconds=(info.end_time - info.start_time) / 1000 if info.end_time else None,
            metrics=run.data.metrics,
            params=run.data.params,
            tags={key: value for key, value in tags.items() if not key.startswith("mlflow.")},
            zenml_run=tags.get(ZENML_RUN_TAG),
        )
