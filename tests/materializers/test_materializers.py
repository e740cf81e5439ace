"""Artifacts in a real ZenML artifact store: what goes in comes out, and equal rows have equal hashes."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import numpy as np
import pandas as pd
import pytest
from zenml.artifact_stores import LocalArtifactStore, LocalArtifactStoreConfig
from zenml.enums import StackComponentType

from materializers.reviews_frame import ReviewsMaterializer
from materializers.text_model import TextModelMaterializer
from sentiment import families
from sentiment.errors import ModelFileError
from sentiment.model import TextModel
from sentiment.reviews import documents, examples, read_reviews, with_text
from sentiment.splits import split_reviews
from tests.conftest import ROOT
from tests.unit.conftest import candidate


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


@pytest.mark.parametrize("family", families.names())
def test_a_trained_pair_comes_back_as_it_went_in(store, tmp_path, split, family):
    model = candidate(family).fit(examples(split.train), examples(split.validation), 0).model
    uri = str(tmp_path / family)
    Path(uri).mkdir()
    TextModelMaterializer(uri, store).save(model)
    back = TextModelMaterializer(uri, store).load(data_type=TextModel)
    texts = documents(split.test)
    assert np.array_equal(back.predict_proba(texts), model.predict_proba(texts))
    metadata = TextModelMaterializer(uri, store).extract_metadata(model)
    assert metadata["classifier"] == type(model.classifier).__name__


def test_a_damaged_artifact_is_refused(store, tmp_path, split):
    model = candidate("bag_of_words").fit(examples(split.train), examples(split.validation), 0).model
    TextModelMaterializer(str(tmp_path), store).save(model)
    (tmp_path / "classifier.skops").write_bytes(b"nonsense")
    with pytest.raises(ModelFileError, match=r"classifier\.skops is missing or damaged"):
        TextModelMaterializer(str(tmp_path), store).load(data_type=TextModel)


def test_reviews_come_back_as_they_went_in(store, tmp_path, reviews):
    materializer = ReviewsMaterializer(str(tmp_path), store)
    materializer.save(reviews)
    pd.testing.assert_frame_equal(materializer.load(data_type=pd.DataFrame), reviews, check_dtype=False)
    assert materializer.extract_metadata(reviews)["rows"] == len(reviews)


def test_equal_rows_have_equal_hashes_and_nothing_else_has(store, tmp_path, reviews):
    def hashed(frame):
        return ReviewsMaterializer(str(tmp_path), store).compute_content_hash(frame)

    changed = reviews.copy()
    changed.loc[7, "review"] += "!"
    others = [
        changed,
        reviews.iloc[::-1],
        reviews.iloc[:-1],
        reviews.drop(columns="age"),
        reviews.rename(columns={"age": "years"}),
        reviews.astype({"recommended": "int32"}),
    ]
    assert hashed(reviews.copy()) == hashed(reviews)
    assert hashed(reviews.set_index(reviews.index + 5)) == hashed(reviews)
    assert len({hashed(frame) for frame in [reviews, *others]}) == 1 + len(others)
