"""The fingerprints of the texts that a version was trained on: a file of its run, and its digest in a tag."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

import mlflow.artifacts
import numpy as np
from mlflow.exceptions import MlflowException
from numpy.typing import NDArray

from sentiment.errors import TamperedModelError
from sentiment.release.registration import SEEN_FILE, SEEN_FOLDER, SEEN_TAG
from sentiment.reviews.seen import from_bytes
from sentiment.tracking.registry.version import Version


def load(version: Version, tracking_uri: str) -> NDArray[np.uint64] | None:
    """Fetch the fingerprints of a version; None for one that was registered without, before there were such.

    Raises:
        TamperedModelError: They are gone, or are not those that were stored.
    """
    if SEEN_TAG not in version.tags:
        return None
    name = f"version {version.version}"
    with tempfile.TemporaryDirectory() as folder:
        try:
            path = mlflow.artifacts.download_artifacts(
                run_id=version.tags["mlflow_run"],
                artifact_path=f"{SEEN_FOLDER}/{SEEN_FILE}",
                dst_path=folder,
                tracking_uri=tracking_uri,
            )
        except (MlflowException, OSError) as error:
            raise TamperedModelError(name, [f"{SEEN_FOLDER}/{SEEN_FILE} is missing"]) from error
        content = Path(path).read_bytes()
    if hashlib.sha256(content).hexdigest() != version.tags[SEEN_TAG]:
        raise TamperedModelError(name, [f"{SEEN_FOLDER}/{SEEN_FILE} was changed"])
    return from_bytes(content)
