"""Artifacts in a real ZenML artifact store: what goes in comes out, and equal rows have equal hashes."""

from __future__ import annotations

import os
import tempfile
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import skops.io

from materializers.files import download
from materializers.reviews_frame import ReviewsMaterializer
from materializers.text_model import TextModelMaterializer
from sentiment.errors import ModelFileError, UntrustedModelError
from sentiment.models import families
from sentiment.models.files import MODEL_SUFFIXES
from sentiment.models.text_model import TextModel
from sentiment.reviews.reading import documents, examples
from tests.trained import candidate


@pytest.mark.parametrize("family", families.names())
def test_a_trained_pair_comes_back_as_it_went_in(store, tmp_path, split, family):
    model = candidate(family).fit(examples(split.train), examples(split.validation), 0).model
    uri = str(tmp_path / family)
    Path(uri).mkdir()
    TextModelMaterializer(uri, store).save(model)
    back = TextModelMaterializer(uri, store).load(data_type=TextModel)
    texts = documents(split.test)
    assert np.array_equal(back.predict_proba(texts), model.predict_proba(texts))
    metadata = TextModelMaterializer(uri, store).extract_metadata(model)["facts"]
    assert metadata["classifier"] == type(model.classifier).__name__


@pytest.fixture(scope="module")
def bag_of_words(split):
    return candidate("bag_of_words").fit(examples(split.train), examples(split.validation), 0).model


def test_a_damaged_artifact_is_refused(store, tmp_path, bag_of_words):
    TextModelMaterializer(str(tmp_path), store).save(bag_of_words)
    (tmp_path / "classifier.skops").write_bytes(b"nonsense")
    with pytest.raises(ModelFileError, match=r"classifier\.skops is missing or damaged"):
        TextModelMaterializer(str(tmp_path), store).load(data_type=TextModel)


def test_an_artifact_with_a_type_outside_the_allow_list_is_refused(store, tmp_path, bag_of_words):
    TextModelMaterializer(str(tmp_path), store).save(bag_of_words)
    skops.io.dump(partial(os.system, f"touch {tmp_path / 'ran'}"), tmp_path / "classifier.skops")
    with pytest.raises(UntrustedModelError, match=r"classifier\.skops was not loaded: it contains .*system"):
        TextModelMaterializer(str(tmp_path), store).load(data_type=TextModel)
    assert not (tmp_path / "ran").exists()


def test_what_else_lies_beside_an_artifact_is_left_alone(store, tmp_path, bag_of_words):
    TextModelMaterializer(str(tmp_path), store).save(bag_of_words)
    (tmp_path / "model.pkl").write_bytes(b"\x80\x04evil")
    (tmp_path / "more.json").mkdir()
    (tmp_path / "local").mkdir()
    download(store, str(tmp_path), tmp_path / "local", suffixes=MODEL_SUFFIXES)
    assert {path.name for path in (tmp_path / "local").iterdir()} == {
        "classifier.skops",
        "model.json",
        "vectorizer.skops",
        "vectorizer.txt",
    }
    TextModelMaterializer(str(tmp_path), store).load(data_type=TextModel)


def test_no_local_copy_is_left_behind(store, tmp_path, bag_of_words, monkeypatch):
    (tmp_path / "scratch").mkdir()
    (tmp_path / "artifact").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "scratch"))
    materializer = TextModelMaterializer(str(tmp_path / "artifact"), store)
    materializer.save(bag_of_words)
    materializer.load(data_type=TextModel)
    (tmp_path / "artifact" / "model.json").unlink()
    with pytest.raises(ModelFileError):
        materializer.load(data_type=TextModel)
    assert list((tmp_path / "scratch").iterdir()) == []


def test_reviews_come_back_as_they_went_in(store, tmp_path, reviews):
    materializer = ReviewsMaterializer(str(tmp_path), store)
    materializer.save(reviews)
    pd.testing.assert_frame_equal(materializer.load(data_type=pd.DataFrame), reviews, check_dtype=False)
    assert materializer.extract_metadata(reviews)["facts"] == {
        "rows": len(reviews),
        "recommended_share": round(reviews["recommended"].mean(), 4),
    }


def test_numbers_that_are_missing_and_texts_of_any_kind_come_back(store, tmp_path, reviews):
    odd = reviews.head(4).copy()
    odd["review"] = ["", "NA", 'two\nlines, "quoted"', "القماش 😍\u2028x"]
    odd["age"] = pd.array([None, 0, 99, None], dtype="Int64")
    materializer = ReviewsMaterializer(str(tmp_path), store)
    materializer.save(odd)
    back = materializer.load(data_type=pd.DataFrame)
    assert back["review"].tolist() == odd["review"].tolist()
    pd.testing.assert_series_equal(back["age"], odd["age"])
    pd.testing.assert_series_equal(back["recommended"], odd["recommended"])


def test_equal_rows_have_equal_hashes_and_nothing_else_has(store, tmp_path, reviews):
    def hashed(frame):
        return ReviewsMaterializer(str(tmp_path), store).compute_content_hash(frame)

    def changed(column, value):
        frame = reviews.copy()
        frame.loc[7, column] = value
        return frame

    others = [
        changed("review", reviews.loc[7, "review"] + "!"),
        changed("title", reviews.loc[7, "title"] + " "),
        changed("recommended", 1 - reviews.loc[7, "recommended"]),
        changed("age", pd.NA),
        changed("age", 0),
        reviews.rename(columns={"title": "review", "review": "title"}),
        reviews[reviews.columns[::-1]],
        reviews.head(0),
        reviews.iloc[::-1],
        reviews.iloc[:-1],
        reviews.drop(columns="age"),
        reviews.rename(columns={"age": "years"}),
        reviews.astype({"recommended": "int32"}),
    ]
    assert hashed(reviews.copy()) == hashed(reviews)
    assert hashed(reviews.set_index(reviews.index + 5)) == hashed(reviews)
    assert len({hashed(frame) for frame in [reviews, *others]}) == 1 + len(others)
