"""A model is read by the libraries that wrote it, or not at all."""

from __future__ import annotations

import json
from importlib.metadata import version

import pytest
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.naive_bayes import BernoulliNB

from sentiment.errors import IncompatibleModelError, OtherLibraryVersionWarning
from sentiment.models.files import MANIFEST, load_model, save_model
from sentiment.models.text_model import TextModel


@pytest.fixture
def stored(tmp_path):
    vectorizer = CountVectorizer().fit(["a good dress", "a bad dress"])
    classifier = BernoulliNB().fit(vectorizer.transform(["a good dress", "a bad dress"]), [1, 0])
    save_model(TextModel(vectorizer, classifier), tmp_path)
    return tmp_path


def written_by(directory, library, release):
    path = directory / MANIFEST
    manifest = json.loads(path.read_text())
    manifest["libraries"][library] = release
    path.write_text(json.dumps(manifest))


def release_of(library, *, major=0, minor=0, patch=0):
    numbers = [int(number) for number in version(library).split(".")[:3]]
    return ".".join(str(number + plus) for number, plus in zip(numbers, (major, minor, patch), strict=True))


@pytest.mark.parametrize("library", ["scikit-learn", "keras"])
@pytest.mark.parametrize("step", ["major", "minor"])
def test_another_major_or_minor_version_is_refused_with_the_command_that_fixes_it(stored, library, step):
    release = release_of(library, **{step: 1})
    written_by(stored, library, release)
    with pytest.raises(IncompatibleModelError, match=f"uv pip install '{library}=={release}'"):
        load_model(stored)


@pytest.mark.parametrize("library", ["scikit-learn", "keras"])
def test_another_patch_version_is_a_warning_and_the_model_loads(stored, library):
    written_by(stored, library, release_of(library, patch=1))
    with pytest.warns(OtherLibraryVersionWarning, match=library):
        model = load_model(stored)
    assert model.predict_proba(["good"])[0] > model.predict_proba(["bad"])[0]
