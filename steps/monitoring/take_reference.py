"""Take what a version is compared with."""

from __future__ import annotations

from typing import Annotated

from zenml import log_metadata, step

from sentiment.monitoring.reference import Reference, make_reference
from sentiment.tracking.registry.release import load_version
from steps.shared.held_out import TRAIN_HERE, held_out_from_its_run
from steps.shared.registry import open_registry


@step
def take_reference(version: str, model_uri: str) -> Annotated[Reference, "reference"]:
    """Ask a version about the test rows of its training; taken from the cache until the version or the code changes.

    Args:
        version: Its number.
        model_uri: Of its files: a version of this number in another registry is another one.
    """
    del model_uri
    registry = open_registry()
    found = registry.version(version)
    test = held_out_from_its_run(found, instead=TRAIN_HERE).examples
    model = load_version(registry, found)
    reference = make_reference(found.version, model, list(test.documents), test.labels.tolist(), found.metrics)
    log_metadata({"version": found.version, "rows": len(reference.labels)})
    return reference
