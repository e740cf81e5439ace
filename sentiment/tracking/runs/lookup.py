"""From MLflow's names to ZenML's."""

from __future__ import annotations

from mlflow.exceptions import MlflowException

from sentiment.tracking.client import Client
from sentiment.tracking.runs.tracked import ZENML_RUN_TAG


def zenml_run_of(tracking_uri: str, run_id: str) -> str | None:
    """Name the pipeline run that an MLflow run belongs to; None where the store has no such run.

    Raises:
        TrackingError: The store cannot be asked.
    """
    try:
        tags: dict[str, str] = Client(tracking_uri).get_run(run_id).data.tags
    except MlflowException:  # not there; all else is a TrackingError
        return None
    return tags.get(ZENML_RUN_TAG)
