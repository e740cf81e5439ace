"""Take what a version is compared with."""

from __future__ import annotations

from typing import Annotated

from zenml import log_metadata, step

from sentiment.monitoring.reference import Reference, make_reference
from sentiment.tracking.registry.release import load_version
from steps.shared.held_out import TRAIN_HERE, reviews_from_its_run, test_rows_from_its_run
from steps.shared.registry import open_registry


@step
def take_reference(version: str, model_uri: str) -> Annotated[Reference, "reference"]:
    """Score rows of a version's training, drawn as windows are; from the cache until the version or the code changes.

    Args:
        version: Its number.
        model_uri: Of its files: a version of this number in another registry is another one.
    """
    del model_uri
    registry = open_registry()
    found = registry.version(version)
    reviews = reviews_from_its_run(found, instead=TRAIN_HERE)
    test = test_rows_from_its_run(found, instead=TRAIN_HERE)
    model = load_version(registry, found)
    reference = make_reference(found.version, model, reviews, test, found.metrics)
    log_metadata({"version": found.version, "rows": len(reference.labels)})
    return reference
