"""Which reviews are read, and how the article's file gets into its place."""

from __future__ import annotations

import hashlib
import struct
import sys
import zipfile
from pathlib import Path

import pytest

from sentiment.errors import InputError
from sentiment.models.digests import sha256_of
from sentiment.reviews.sources import (
    KAGGLE_DATASET,
    REAL_FILE,
    REAL_SHA256,
    SAMPLE_FILE,
    DataSource,
    fetch,
    install_file,
    resolve,
)
from sentiment.training.lineage import display_name

CONTENT = b"Review Text,Recommended IND\n" + b"good,1\n" * 500
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with the bundled sample."""
    data = tmp_path / "project" / "data"
    data.mkdir(parents=True)
    (data / SAMPLE_FILE).write_bytes(b"sample")
    return data.parent


def zipped(path: Path, *, name: str = REAL_FILE, compression: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as archive:
        archive.writestr(name, CONTENT)
    return path


def damaged(path: Path, kind: str) -> Path:
    """Make a ZIP that opens but whose file cannot be taken out."""
    zipped(path, compression=zipfile.ZIP_STORED if kind == "checksum" else zipfile.ZIP_DEFLATED)
    content = bytearray(path.read_bytes())
    local, central = 0, content.index(b"PK\x01\x02")
    if kind == "encrypted":
        struct.pack_into("<H", content, local + 6, 1)
        struct.pack_into("<H", content, central + 8, 1)
    elif kind == "unknown compression":
        struct.pack_into("<H", content, local + 8, 99)
        struct.pack_into("<H", content, central + 10, 99)
    else:
        start = 30 + len(REAL_FILE)
        content[start : start + 4] = b"\xff" * 4
    path.write_bytes(content)
    return path


def test_without_a_name_the_sample_is_read_and_says_so(root: Path) -> None:
    assert resolve(None, root) == DataSource(root / "data" / SAMPLE_FILE, "sample", is_sample=True)


def test_without_a_name_the_articles_file_is_read_where_it_is_in_place(root: Path) -> None:
    (root / "data" / REAL_FILE).touch()
    assert resolve(None, root) == DataSource(root / "data" / REAL_FILE, REAL_FILE, is_sample=False)


def test_a_folder_in_the_place_of_the_articles_file_is_not_the_file(root: Path) -> None:
    (root / "data" / REAL_FILE).mkdir()
    assert resolve(None, root).is_sample


def test_the_sample_can_be_asked_for_beside_the_articles_file(root: Path) -> None:
    (root / "data" / REAL_FILE).touch()
    assert resolve("sample", root) == DataSource(root / "data" / SAMPLE_FILE, "sample", is_sample=True)


def test_a_named_path_is_read_before_all_others(root: Path, tmp_path: Path) -> None:
    (root / "data" / REAL_FILE).touch()
    own = tmp_path / "own.csv"
    own.write_bytes(b"own")
    assert resolve(str(own), root) == DataSource(own, "own.csv", is_sample=False)


def test_a_named_path_that_is_not_there_is_not_replaced_by_another(root: Path) -> None:
    assert resolve("/nowhere/own.csv", root) == DataSource(Path("/nowhere/own.csv"), "own.csv", is_sample=False)


def test_a_home_folder_is_expanded(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/someone")
    assert resolve("~/own.csv", root).path == Path("/home/someone/own.csv")


@pytest.mark.parametrize("spelling", ["absolute", "relative", "linked"])
def test_the_sample_is_the_sample_however_its_path_is_spelt(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spelling: str
) -> None:
    sample = root / "data" / SAMPLE_FILE
    (tmp_path / "link.csv").symlink_to(sample)
    monkeypatch.chdir(root)
    named = {"absolute": str(sample), "relative": f"./data/{SAMPLE_FILE}", "linked": str(tmp_path / "link.csv")}
    source = resolve(named[spelling], root)
    assert (source.name, source.is_sample) == ("sample", True)
    assert source.path.read_bytes() == b"sample"


def test_a_model_of_the_sample_says_so_in_its_name() -> None:
    assert display_name("linear", is_sample=True) == "linear (sample)"
    assert display_name("linear", is_sample=False) == "linear"


@pytest.mark.parametrize("packed", [False, True])
def test_the_right_file_is_put_in_place_alone(root: Path, tmp_path: Path, packed: bool) -> None:
    source = tmp_path / "downloaded"
    if packed:
        zipped(source)
    else:
        source.write_bytes(CONTENT)
    destination = root / "data" / REAL_FILE
    install_file(source, destination, sha256=DIGEST)
    assert destination.read_bytes() == CONTENT
    assert {path.name for path in destination.parent.iterdir()} == {REAL_FILE, SAMPLE_FILE}
    assert source.exists()


@pytest.mark.parametrize("before", [None, b"what was there"])
@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("other", f"is not the article's file: sha256 {hashlib.sha256(b'other').hexdigest()} found, {DIGEST} expected"),
        ("other name", f"has no file '{REAL_FILE}' in it"),
        ("missing", "cannot be read: .*No such file"),
        ("folder", "cannot be read: .*Is a directory"),
        ("checksum", "cannot be read: Bad CRC-32"),
        ("deflated data", "cannot be read: Error -3 while decompressing"),
        ("encrypted", "cannot be read: .*encrypted"),
        ("unknown compression", "cannot be read: That compression method is not supported"),
    ],
)
def test_a_file_that_is_refused_leaves_everything_as_it_was(
    root: Path, tmp_path: Path, kind: str, message: str, before: bytes | None
) -> None:
    source, destination = tmp_path / "downloaded", root / "data" / REAL_FILE
    if before:
        destination.write_bytes(before)
    if kind == "other":
        source.write_bytes(b"other")
    elif kind == "other name":
        zipped(source, name="readme.txt")
    elif kind == "folder":
        source.mkdir()
    elif kind != "missing":
        damaged(source, kind)
    with pytest.raises(InputError, match=f"^{source} {message}") as caught:
        install_file(source, destination, sha256=DIGEST)
    assert caught.value.exit_code == 2
    assert {path.name for path in destination.parent.iterdir()} == {SAMPLE_FILE} | ({REAL_FILE} if before else set())
    if before:
        assert destination.read_bytes() == before


def test_the_file_in_place_is_replaced_never_overwritten(root: Path, tmp_path: Path) -> None:
    source, destination = tmp_path / "downloaded", root / "data" / REAL_FILE
    source.write_bytes(CONTENT)
    destination.write_bytes(b"what was there")
    with destination.open("rb") as reader:
        install_file(source, destination, sha256=DIGEST)
        assert reader.read() == b"what was there"  # whoever reads it sees the old file or the new one
    assert destination.read_bytes() == CONTENT


def test_only_the_articles_file_can_be_fetched(root: Path, tmp_path: Path) -> None:
    downloaded = tmp_path / "downloaded.csv"
    downloaded.write_bytes(CONTENT)
    with pytest.raises(InputError, match=f"sha256 {DIGEST} found, {REAL_SHA256} expected"):
        fetch(root, downloaded=downloaded)
    assert resolve(None, root).is_sample


def test_a_damaged_file_in_place_does_not_pass_for_the_articles(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "data" / REAL_FILE).write_bytes(b"damaged")
    monkeypatch.setitem(sys.modules, "kagglehub", None)
    with pytest.raises(InputError, match="downloading needs kagglehub"):
        fetch(root)


def test_without_kagglehub_it_is_said_how_to_download_by_hand(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "kagglehub", None)  # what Python does with a package that is not installed
    with pytest.raises(InputError, match="downloading needs kagglehub") as caught:
        fetch(root)
    for told in (KAGGLE_DATASET, "`python run.py data fetch --from FILE`", str(root / "data" / REAL_FILE), REAL_SHA256):
        assert told in str(caught.value)
    assert caught.value.exit_code == 2
    assert [path.name for path in (root / "data").iterdir()] == [SAMPLE_FILE]


@pytest.mark.real_data
def test_the_articles_file_is_fetched_once_and_read_from_then_on(
    root: Path, tmp_path: Path, real_csv: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    destination = root / "data" / REAL_FILE
    assert "from now on" in fetch(root, downloaded=real_csv)
    assert sha256_of(destination) == REAL_SHA256
    assert resolve(None, root).path == destination
    monkeypatch.setitem(sys.modules, "kagglehub", None)
    assert fetch(root) == f"{destination} is in place already."


@pytest.mark.real_data
def test_a_damaged_file_in_place_is_fetched_again(root: Path, real_csv: Path) -> None:
    destination = root / "data" / REAL_FILE
    destination.write_bytes(b"damaged")
    fetch(root, downloaded=real_csv)
    assert sha256_of(destination) == REAL_SHA256
