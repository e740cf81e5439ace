"""Fetching the files of a logged model, and refusing those that are not what was registered."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import mlflow.artifacts

from sentiment.models.digests import digests, require_digests
from sentiment.models.files import load_model
from sentiment.models.text_model import TextModel
from sentiment.tracking import pyfunc


@contextmanager
def verified_files(model: str, location: str, expected: Mapping[str, str], *, tracking_uri: str) -> Iterator[Path]:
    """Download a model's files to a temporary folder, checked; nothing of them has been loaded.

    Args:
        model: Its name, for people.
        location: Where its artifacts are.
        expected: Relative path to sha256, as they were when the model was registered.
        tracking_uri: Of the store that has it.

    Raises:
        TamperedModelError: A file is missing, was added or has other content; the message names each.
    """
    with tempfile.TemporaryDirectory() as directory:
        fetched = Path(mlflow.artifacts.download_artifacts(location, dst_path=directory, tracking_uri=tracking_uri))
        require_digests(model, expected, digests(fetched))
        yield fetched


def load_verified(directory: Path) -> TextModel:
    """Load the trained pair from files that `verified_files` gave."""
    return load_model(model_files(directory))


def model_files(directory: Path) -> Path:
    """Name the folder of our own files below an MLflow model."""
    return directory / pyfunc.DATA
