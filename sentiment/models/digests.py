"""Refusing the files of a model that are not what was registered."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from sentiment.errors import TamperedModelError

ADDED_BY_LOADING = "registered_model_meta"
"""MLflow writes the version's name into this file, beside the model, when somebody loads it; nothing reads it here."""


def digests(directory: Path) -> dict[str, str]:
    """Hash every file below `directory`: its relative path to its sha256."""
    files = (path for path in sorted(directory.rglob("*")) if path.is_file())
    return {path.relative_to(directory).as_posix(): sha256_of(path) for path in files}


def require_digests(model: str, expected: Mapping[str, str], found: Mapping[str, str]) -> None:
    """Compare the digests of a model's files with the registered ones.

    Args:
        model: Its name, for people.
        expected: Relative path to sha256, as they were when the model was registered.
        found: The same, as they are now.

    Raises:
        TamperedModelError: A file is missing, was added or has other content; the message names each.
    """
    problems = [f"{name} is missing" for name in expected if name not in found]
    problems += [f"{name} was added" for name in found if name not in expected and name != ADDED_BY_LOADING]
    problems += [f"{name} was changed" for name in expected if name in found and found[name] != expected[name]]
    if problems:
        raise TamperedModelError(model, problems)


def digest_of(files: Mapping[str, str]) -> str:
    """Give one sha256 for a model: of its files' names and digests, in the order of the names."""
    lines = "".join(f"{sha256}  {name}\n" for name, sha256 in sorted(files.items()))
    return hashlib.sha256(lines.encode()).hexdigest()


def sha256_of(path: Path) -> str:
    """Hash a file without holding it in memory."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
