"""A trained pair on disk: the same when it is read back, and refused when it is not what this project writes."""

from __future__ import annotations

import functools
import json
import os
import re
import subprocess
import sys
import zipfile

import numpy as np
import pytest
import skops.io

from sentiment.errors import IncompatibleModelError, ModelFileError, UntrustedModelError
from sentiment.models.digests import digests
from sentiment.models.files import MANIFEST, MODEL_SUFFIXES, load_model, save_model, size_in_bytes
from sentiment.models.skops_files import dump_skops, load_skops
from sentiment.models.vocabulary_files import save_words
from sentiment.reviews.reading import documents
from tests.conftest import ROOT

WRITTEN = {
    **{
        family: {"classifier.skops", "model.json", "vectorizer.skops", "vectorizer.txt"}
        for family in ("bag_of_words", "char_linear", "tfidf_bayes")
    },
    **{
        family: {"model.json", "vectorizer.txt", "weights.npy"}
        for family in ("complement_bayes", "linear_blend", "linear_svm", "nb_linear", "tfidf_linear")
    },
    "embedding_average": {
        "classifier.keras",
        "model.json",
        "vectorizer.json",
        "vectorizer.recipe.skops",
        "vectorizer.txt",
    },
}


class Command:
    """What an attacker would like to have built on loading."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.system, (f"touch {self.path}",)


@pytest.fixture
def stored(fitted, tmp_path):
    def store(family="bag_of_words"):
        folder = tmp_path / family
        folder.mkdir()
        save_model(fitted[family].model, folder)
        return folder

    return store


def test_a_model_read_back_is_the_same(stored, fitted, family, split):
    read = load_model(stored(family))
    texts = documents(split.test)
    assert np.array_equal(read.predict_proba(texts), fitted[family].model.predict_proba(texts))
    assert read.threshold == fitted[family].model.threshold


@pytest.mark.parametrize("family", ["bag_of_words", "tfidf_linear", "linear_blend"])
def test_a_model_trained_again_is_the_same_bytes_even_where_one_was_used(stored, fit, fitted, tmp_path, family):
    again = tmp_path / "again"
    again.mkdir()
    save_model(fit(family).model, again)
    fitted[family].model.vectorizer.transform(["Soft, and it fits."])
    assert digests(stored(family)) == digests(again)


def test_what_is_equal_is_stored_as_the_same_bytes_however_often_python_keeps_it(tmp_path):
    number, array = 1000.5, np.arange(3.0)
    dump_skops({"one": number, "two": number, "__id__": array, "file": array}, tmp_path / "shared.skops")
    apart = {"one": float("1000.5"), "two": float("1000.5")}
    dump_skops({**apart, "__id__": (other := np.arange(3.0)), "file": other}, tmp_path / "apart.skops")
    assert (tmp_path / "shared.skops").read_bytes() == (tmp_path / "apart.skops").read_bytes()
    read = load_skops(tmp_path / "shared.skops")
    assert read["one"] == read["two"] == number
    assert read["__id__"].tolist() == read["file"].tolist() == [0, 1, 2]


def test_the_vocabulary_of_a_vectorizer_is_text_and_comes_back_in_its_order(stored, fitted):
    folder = stored("tfidf_linear")
    words = fitted["tfidf_linear"].model.vectorizer.get_feature_names_out().tolist()
    assert (folder / "vectorizer.txt").read_text(encoding="utf-8").splitlines() == words
    assert load_model(folder).vectorizer.vocabulary_ == fitted["tfidf_linear"].model.vectorizer.vocabulary_


def test_a_word_with_a_line_break_is_refused_before_it_is_written(tmp_path):
    with pytest.raises(ValueError, match="line break"):
        save_words(["a", "b\nc"], tmp_path / "words.txt")
    assert not (tmp_path / "words.txt").exists()


def test_only_known_files_are_written_and_none_is_a_pickle(stored, family):
    folder = stored(family)
    names = {path.name for path in folder.iterdir()}
    assert names == WRITTEN[family]
    assert all(name.endswith(MODEL_SUFFIXES) for name in names)
    for path in folder.iterdir():
        assert not path.read_bytes().startswith(b"\x80\x04\x95")
        if zipfile.is_zipfile(path):
            inside = zipfile.ZipFile(path).namelist()
            assert not any(name.endswith((".pkl", ".pickle", ".joblib")) for name in inside)


def test_the_manifest_names_format_and_libraries(stored):
    manifest = json.loads((stored("embedding_average") / MANIFEST).read_text())
    assert manifest["format_version"] == 2
    assert {"numpy", "scikit-learn", "skops", "keras"} <= manifest["libraries"].keys()


def test_sizes_are_of_all_files(stored):
    folder = stored()
    assert size_in_bytes(folder) == sum(path.stat().st_size for path in folder.iterdir())


@pytest.mark.parametrize("version", [1, 99])
def test_another_format_version_is_refused_whatever_else_it_holds(stored, version):
    folder = stored()
    (folder / MANIFEST).write_text(json.dumps({"format_version": version}))
    with pytest.raises(IncompatibleModelError, match=f"has model format {version}; this version reads format 2"):
        load_model(folder)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        "null",
        "[" * 100_000,
        '{"format_version": 2}',
        '{"format_version": 2, "parts": {"a": 1}, "libraries": {}, "words_sha256": {}}',
        '{"format_version": 2, "parts": ["vectorizer", "classifier"], "libraries": {}, "words_sha256": {}}',
        '{"format_version": 2, "parts": {"vectorizer": "skops", "classifier": "skops"}, "libraries": []}',
        '{"format_version": 2, "parts": {"vectorizer": "skops"}, "libraries": {}, "words_sha256": []}',
    ],
    ids=lambda content: content[:20] or "empty",
)
def test_a_damaged_manifest_is_named(stored, content):
    folder = stored()
    (folder / MANIFEST).write_text(content)
    with pytest.raises(ModelFileError, match=r"model\.json"):
        load_model(folder)


@pytest.mark.parametrize("storage", ["pickle", "bag_of_words", "os", "../evil"])
def test_a_part_stored_in_another_way_is_refused(stored, storage):
    folder = stored()
    manifest = json.loads((folder / MANIFEST).read_text())
    manifest["parts"]["classifier"] = storage
    (folder / MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(ModelFileError, match="which cannot be read"):
        load_model(folder)


def test_a_file_that_is_missing_or_cut_is_named(stored, family):
    folder = stored(family)
    for name in WRITTEN[family]:
        named = re.escape(f"{folder / name} ") + ("cannot be read" if name == MANIFEST else "is missing or damaged")
        content = (folder / name).read_bytes()
        for left in (b"", content[: len(content) // 2], content[:-2]):
            (folder / name).write_bytes(left)
            with pytest.raises(ModelFileError, match=named):
                load_model(folder)
        (folder / name).unlink()
        with pytest.raises(ModelFileError, match=named):
            load_model(folder)
        (folder / name).write_bytes(content)
    load_model(folder)


@pytest.mark.parametrize(
    ("family", "name"),
    [
        ("bag_of_words", "classifier.skops"),
        ("bag_of_words", "vectorizer.txt"),
        ("linear_blend", "weights.npy"),
        ("embedding_average", "vectorizer.txt"),
    ],
)
def test_a_file_with_a_wrong_byte_is_refused_or_changes_nothing(stored, fitted, split, family, name):
    folder, texts = stored(family), documents(split.test)[:20]
    right = fitted[family].model.predict_proba(texts)
    content = (folder / name).read_bytes()
    refused = 0
    for position in range(0, len(content), len(content) // 40):
        wrong = bytearray(content)
        wrong[position] ^= 0b101
        (folder / name).write_bytes(wrong)
        try:
            assert np.array_equal(load_model(folder).predict_proba(texts), right), position
        except ModelFileError as error:
            refused += 1
            assert name in str(error)
    assert refused > 20


@pytest.mark.parametrize("name", ["classifier.skops", "vectorizer.skops", "vectorizer.recipe.skops"])
@pytest.mark.parametrize(
    ("attack", "offender"),
    [
        (Command, f"{__name__}.Command"),
        (lambda path: functools.partial(os.system, f"touch {path}"), "posix.system"),
        (lambda path: [np.float64(1), {"deep": (path, os.system, subprocess.run)}], "subprocess.run"),
    ],
    ids=["reduce", "partial", "nested"],
)
def test_a_type_outside_the_allow_list_is_named_and_nothing_of_it_runs(stored, name, attack, offender, tmp_path):
    folder = stored("embedding_average" if "recipe" in name else "bag_of_words")
    ran = tmp_path / "ran"
    skops.io.dump({"part": attack(ran)}, folder / name)
    with pytest.raises(UntrustedModelError) as caught:
        load_model(folder)
    assert offender in caught.value.offenders
    assert offender in str(caught.value) and name in str(caught.value)
    assert not ran.exists()


def rewritten(path, edit):
    """Write a .keras file again with an edited configuration."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    config = json.loads(members["config.json"])
    edit(config)
    members["config.json"] = json.dumps(config).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def to_lambda(config):
    config["config"]["layers"][-1] = {"module": "keras.layers", "class_name": "Lambda", "config": {"name": "x"}}


def to_registered(config):
    config["config"]["layers"][-1]["module"] = "os"


def hidden_deep(config):
    config["config"]["layers"][-1]["config"]["activation"] = {"module": "builtins", "class_name": "eval", "config": {}}


@pytest.mark.parametrize(
    ("edit", "named"), [(to_lambda, "keras.layers.Lambda"), (to_registered, "os.Dense"), (hidden_deep, "builtins.eval")]
)
def test_a_network_with_another_class_is_refused_before_keras_reads_it(stored, edit, named):
    folder = stored("embedding_average")
    rewritten(folder / "classifier.keras", edit)
    with pytest.raises(UntrustedModelError) as caught:
        load_model(folder)
    assert named in caught.value.offenders


def test_a_network_is_refused_before_keras_is_imported(stored):
    path = stored("embedding_average") / "classifier.keras"
    rewritten(path, to_lambda)
    code = f"""
import sys
from pathlib import Path
from sentiment.errors import UntrustedModelError
from sentiment.models.families.embedding_average import load_part
try:
    load_part(Path({str(path.parent)!r}), "classifier")
except UntrustedModelError:
    sys.exit(1 if {{"keras", "tensorflow"}} & set(sys.modules) else 0)
sys.exit(2)
"""
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_a_network_whose_configuration_is_nested_without_end_is_refused(stored):
    path = stored("embedding_average") / "classifier.keras"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", "[" * 100_000)
    with pytest.raises(ModelFileError, match=r"classifier\.keras is missing or damaged"):
        load_model(path.parent)


def test_a_network_that_unpacks_to_too_much_is_refused(stored):
    path = stored("embedding_average") / "classifier.keras"
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("bomb", b"")
        archive.getinfo("bomb").file_size = 10**9  # what the directory of a bomb says, without its megabytes
    with pytest.raises(ModelFileError, match=r"classifier\.keras unpacks to 1\d{9} bytes; at most 500000000 expected"):
        load_model(path.parent)
