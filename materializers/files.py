"""Moving a local directory of files into an artifact store and back, whatever store that is."""

from __future__ import annotations

import posixpath
from pathlib import Path

from zenml.artifact_stores import BaseArtifactStore


def upload(directory: Path, store: BaseArtifactStore, uri: str) -> int:
    """Copy the files of a flat directory into `uri`; gives their size in bytes."""
    size = 0
    for path in sorted(directory.iterdir()):
        with store.open(posixpath.join(uri, path.name), "wb") as target:
            size += target.write(path.read_bytes())
    return size


def download(store: BaseArtifactStore, uri: str, directory: Path, *, suffixes: tuple[str, ...]) -> None:
    """Copy the files below `uri` whose names end in one of `suffixes` into a local directory."""
    for name in sorted(str(entry) for entry in store.listdir(uri)):
        if name.endswith(suffixes) and not store.isdir(posixpath.join(uri, name)):
            with store.open(posixpath.join(uri, name), "rb") as source:
                (directory / posixpath.basename(name)).write_bytes(source.read())
