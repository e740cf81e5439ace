"""Writing the page about a record beside the artifact."""

from __future__ import annotations

import posixpath
from typing import Any

from zenml.artifact_stores import BaseArtifactStore
from zenml.enums import VisualizationType

_FILE = "page.html"


def write_page(record: Any, store: BaseArtifactStore, uri: str) -> dict[str, VisualizationType]:
    """Write the page about a record below `uri`, as ZenML's dashboard shows it; none for what is nothing to look at."""
    from sentiment.reports import page, section

    shown = section(record)
    if shown is None:
        return {}
    path = posixpath.join(uri, _FILE)
    with store.open(path, "wb") as target:
        target.write(page(shown).encode("utf-8", "replace"))  # a review may hold half a character
    return {path: VisualizationType.HTML}
