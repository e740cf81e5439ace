"""A project with two registered versions, which the tests of its servers swap."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import Project


@pytest.fixture(scope="module")
def two_versions(project: Project) -> Iterator[Project]:
    """A trained project; whatever is in service at the end is stopped."""
    project.run("--only", "bag_of_words", "--only", "tfidf_linear")
    yield project
    project.run("service", "stop")


@pytest.fixture(scope="module")
def versions(two_versions: Project) -> dict[str, str]:
    """The number of each version, by the candidate's name."""
    return {version["tags"]["candidate"]: version["version"] for version in two_versions.json("registry")}
