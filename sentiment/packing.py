"""This package as one archive, for where it is not installed: on a cluster's workers, or beside a model."""

from __future__ import annotations

import zipfile
from pathlib import Path

import sentiment


def pack_package(folder: Path) -> Path:
    """Write the package `sentiment` as an archive that Python imports from; the same code gives the same bytes.

    Args:
        folder: Where to.

    Returns:
        ``sentiment.zip``.
    """
    root = Path(sentiment.__path__[0])
    archive = folder / "sentiment.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(root.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                member = zipfile.ZipInfo(f"sentiment/{path.relative_to(root).as_posix()}")  # dated 1980, whenever made
                packed.writestr(member, path.read_bytes(), zipfile.ZIP_DEFLATED)
    return archive
