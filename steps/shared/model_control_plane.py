"""ZenML's own view of the registered model: a version for each of MLflow's, and the stage that follows its alias."""

from __future__ import annotations

from contextlib import suppress

from zenml import log_metadata
from zenml.client import Client
from zenml.enums import ModelStages
from zenml.exceptions import EntityExistsError
from zenml.metadata.metadata_types import MetadataType
from zenml.model.utils import link_artifact_version_to_model_version
from zenml.models import ModelVersionResponse

from materializers.facts import facts
from sentiment.tracking import MODEL_NAME
from sentiment.tracking.registry.release import DESCRIPTION
from sentiment.tracking.registry.store import Registry
from sentiment.tracking.registry.version import Version

SEARCHED = "train"
"""The step of a search that trains: which candidate, nobody knows when the search begins."""


def link_version(version: Version, *, zenml_run: str, candidate: str) -> None:
    """Make ZenML's version of a registered model, with the artifact that was registered; once is enough."""
    if find_version(version) is not None:
        return
    client = Client()
    with suppress(EntityExistsError):
        client.create_model(MODEL_NAME, description=DESCRIPTION, save_models_to_registry=False)
    linked = client.create_model_version(MODEL_NAME, name=name_of(version), description=version.description)
    steps = client.get_pipeline_run(zenml_run).steps
    trained = steps[candidate if candidate in steps else SEARCHED].outputs["model"][0]
    link_artifact_version_to_model_version(artifact_version=trained, model_version=linked)
    metadata: dict[str, MetadataType] = {
        "mlflow_version": version.version,
        "mlflow_model_uri": version.model_uri,
        **facts(version.metrics),
    }
    log_metadata(metadata=metadata, model_version_id=linked.id)


def follow_champion(registry: Registry) -> None:
    """Put ZenML's version of the champion into stage production; what was there is archived."""
    number = registry.champion_number()
    if number is None:
        return
    linked = find_version(registry.version(number))
    if linked is not None and linked.stage != ModelStages.PRODUCTION:
        Client().update_model_version(MODEL_NAME, linked.id, stage=ModelStages.PRODUCTION, force=True)


def find_version(version: Version) -> ModelVersionResponse | None:
    """Find ZenML's version of a registered one; None where it was registered by other means."""
    try:
        return Client().get_model_version(MODEL_NAME, name_of(version))
    except KeyError:
        return None


def name_of(version: Version) -> str:
    """Name ZenML's version: MLflow's number, and the end of the logged model's id, which no other registry has."""
    return f"mlflow-{version.version}-{version.model_uri[-8:]}"
