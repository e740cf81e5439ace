"""The registered model: which version is in production."""

from __future__ import annotations

from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from sentiment.tracking import MODEL_NAME

CHAMPION = "champion"


def champion_version(tracking_uri: str) -> str | None:
    """Give the version that carries the alias ``champion``; None before the first release."""
    try:
        return str(MlflowClient(tracking_uri).get_model_version_by_alias(MODEL_NAME, CHAMPION).version)
    except MlflowException as error:
        if error.error_code in {"RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"}:
            return None
        raise
