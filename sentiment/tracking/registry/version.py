"""One version of the registered model, as it is read."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from mlflow.entities.model_registry import ModelVersion
from pydantic import BaseModel, ConfigDict

from sentiment.errors import RegistryError
from sentiment.models import known_answers
from sentiment.models.known_answers import KnownAnswer

CHAMPION = "champion"
DIGESTS_TAG = "files_sha256"
MONITORING_TAG, MONITORING_PAGE_TAG = "monitoring", "monitoring_page"


class Version(BaseModel):
    """One version of the registered model.

    Attributes:
        complete: Its digests are known; one that is not was left half made and can never be promoted.
        metrics: On the test rows, as they were when it was registered.
    """

    model_config = ConfigDict(frozen=True)

    version: str
    stage: str
    alias: str | None
    complete: bool
    created: datetime
    run_id: str | None
    model_uri: str
    description: str
    tags: dict[str, str]

    @property
    def metrics(self) -> dict[str, float]:
        """The test metrics that were registered with it."""
        return {str(name): float(value) for name, value in json.loads(self.tags.get("metrics", "{}")).items()}

    @property
    def digests(self) -> dict[str, str]:
        """Relative path to sha256 of each of its files.

        Raises:
            RegistryError: The version was left half made.
        """
        if not self.complete:
            raise RegistryError(
                f"version {self.version} was left half made: the digests of its files are missing. Register it again."
            )
        return {str(name): str(digest) for name, digest in json.loads(self.tags[DIGESTS_TAG]).items()}

    @property
    def known_answers(self) -> tuple[KnownAnswer, ...]:
        """What the model said when it had just been trained.

        Raises:
            RegistryError: The version was registered without.
        """
        if known_answers.VERSION_TAG not in self.tags:
            raise RegistryError(f"version {self.version} has no known answers to test a server with; register it again")
        return tuple(KnownAnswer.model_validate(answer) for answer in json.loads(self.tags[known_answers.VERSION_TAG]))


def read_version(found: ModelVersion, champion: str | None) -> Version:
    """Read a version as MLflow gives it; `champion` is the number in production."""
    number = str(found.version)
    return Version(
        version=number,
        stage=found.current_stage or "None",
        alias=CHAMPION if number == champion else None,
        complete=DIGESTS_TAG in found.tags,
        created=datetime.fromtimestamp(found.creation_timestamp / 1000, UTC),
        run_id=found.run_id,
        model_uri=f"models:/{found.model_id}" if found.model_id else str(found.source),
        description=found.description or "",
        tags=dict(found.tags),
    )
