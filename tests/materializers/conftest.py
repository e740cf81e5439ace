"""A real artifact store, and the sample's rows."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from zenml.artifact_stores import LocalArtifactStore, LocalArtifactStoreConfig
from zenml.enums import StackComponentType

from sentiment.reviews.reading import read_reviews, with_text
from sentiment.reviews.splits import split_reviews
from tests.conftest import ROOT


@pytest.fixture
def store(tmp_path):
    now = datetime.now(UTC)
    return LocalArtifactStore(
        name="test",
        id=uuid4(),
        config=LocalArtifactStoreConfig(path=str(tmp_path)),
        flavor="local",
        type=StackComponentType.ARTIFACT_STORE,
        user=None,
        created=now,
        updated=now,
    )


@pytest.fixture(scope="module")
def reviews():
    return with_text(read_reviews(ROOT / "data" / "sample_reviews.csv"))


@pytest.fixture(scope="module")
def split(reviews):
    return split_reviews(reviews, validation_share=0.1, seed=0)
