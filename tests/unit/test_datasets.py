"""Which file is meant, and putting the real one in place."""

from __future__ import annotations

import hashlib
import zipfile

import pytest

from sentiment import datasets
from sentiment.datasets import REAL_FILE, SAMPLE_FILE, install_file, resolve
from sentiment.errors import InputError

CONTENT = b"Review Text,Recommended IND\n"
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def root(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / SAMPLE_FILE).write_bytes(CONTENT)
    return tmp_path


def test_without_a_name_the_real_file_is_taken_where_it_is_in_place_and_else_the_sample(root):
    source = resolve(None, root)
    assert (source.name, source.is_sample) == ("sample", True)
    (root / "data" / REAL_FILE).write_bytes(CONTENT)
    source = resolve(None, root)
    assert (source.name, source.is_sample) == (REAL_FILE, False)


def test_the_sample_is_the_sample_however_it_is_named(root, monkeypatch):
    monkeypatch.chdir(root)
    for name in ("sample", f"data/{SAMPLE_FILE}", str(root / "data" / ".." / "data" / SAMPLE_FILE)):
        assert resolve(name, root).is_sample
    assert not resolve("other.csv", root).is_sample


@pytest.mark.parametrize("packed", [False, True])
def test_the_right_file_is_put_in_place_packed_or_not(tmp_path, packed):
    source, destination = tmp_path / "downloaded", tmp_path / REAL_FILE
    if packed:
        with zipfile.ZipFile(source, "w") as archive:
            archive.writestr(REAL_FILE, CONTENT)
    else:
        source.write_bytes(CONTENT)
    install_file(source, destination, sha256=DIGEST)
    assert destination.read_bytes() == CONTENT
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([REAL_FILE, "downloaded"])


def test_another_file_is_refused_and_what_was_there_stays(tmp_path):
    source, destination = tmp_path / "downloaded", tmp_path / REAL_FILE
    source.write_bytes(b"something else")
    destination.write_bytes(b"what was there")
    with pytest.raises(InputError, match=f"not the article's file: sha256 [0-9a-f]{{64}} found, {DIGEST} expected"):
        install_file(source, destination, sha256=DIGEST)
    assert destination.read_bytes() == b"what was there"
    assert len(list(tmp_path.iterdir())) == 2


def test_a_zip_without_the_file_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "downloaded", "w") as archive:
        archive.writestr("readme.txt", "")
    with pytest.raises(InputError, match="has no file"):
        install_file(tmp_path / "downloaded", tmp_path / REAL_FILE)


def test_a_file_that_is_in_place_is_not_fetched_again(root, monkeypatch):
    (root / "data" / REAL_FILE).write_bytes(CONTENT)
    monkeypatch.setattr(datasets, "REAL_SHA256", DIGEST)
    assert "in place already" in datasets.fetch(root)
