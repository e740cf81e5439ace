"""Fetching the files of a logged model, and refusing those that are not what was registered."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import mlflow.artifacts

from sentiment.errors import TamperedModelError
from sentiment.models.files import load_model
from sentiment.models.text_model import TextModel
from sentiment.tracking import pyfunc

ADDED_BY_LOADING = "registered_model_meta"
"""MLflow writes the version's name into this file, beside the model, when somebody loads it; nothing reads it here."""


def digests(directory: Path) -> dict[str, str]:
    """Hash every file below `directory`: its relative path to its sha256."""
    files = (path for path in sorted(directory.rglob("*")) if path.is_file())
    return {path.relative_to(directory).as_posix(): _sha256(path) for path in files}


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


def require_digests(model: str, expected: Mapping[str, str], found: Mapping[str, str]) -> None:
    """Compare the digests of a model's files with the registered ones; raises as `verified_files`."""
    problems = [f"{name} is missing" for name in expected if name not in found]
    problems += [f"{name} was added" for name in found if name not in expected and name != ADDED_BY_LOADING]
    problems += [f"{name} was changed" for name in expected if name in found and found[name] != expected[name]]
    if problems:
        raise TamperedModelError(model, problems)


def load_verified(directory: Path) -> TextModel:
    """Load the trained pair from files that `verified_files` gave."""
    return load_model(model_files(directory))


def model_files(directory: Path) -> Path:
    """Name the folder of our own files below an MLflow model."""
    return directory / pyfunc.DATA


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
