"""The file of reviews, where the step that reads it can reach it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from zenml.artifact_stores import BaseArtifactStore
from zenml.client import Client
from zenml.io import fileio

from sentiment.addresses import is_address


def within_reach(path: str, sha256: str, store: BaseArtifactStore | None = None) -> str:
    """Copy a file of this machine to the stack's artifact store, when that is elsewhere, as the steps then are.

    Args:
        path: Of the file here.
        sha256: Of its content; it is copied once.
        store: Instead of the active stack's.

    Returns:
        Where the steps find it: `path` itself where everything is here.
    """
    store = store or Client().active_stack.artifact_store
    if store.config.is_local:
        return path
    shared = f"{store.path.rstrip('/')}/reviews/{sha256}.csv"
    if not fileio.exists(shared):
        fileio.makedirs(shared.rpartition("/")[0])
        half_way = f"{shared}.{uuid4().hex}"
        fileio.copy(path, half_way)
        fileio.rename(half_way, shared)  # all of it or nothing
    return shared


@contextmanager
def local_file(path: str) -> Iterator[Path]:
    """Give a file of the artifact store, or of this machine, as one that can be opened here."""
    if not is_address(path):
        yield Path(path)
        return
    with tempfile.TemporaryDirectory() as folder:
        fetched = Path(folder) / path.rpartition("/")[2]
        fileio.copy(path, str(fetched))
        yield fetched
