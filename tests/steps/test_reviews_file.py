"""The CSV reaches the steps, wherever they run."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from zenml.io.filesystem_registry import default_filesystem_registry
from zenml.io.local_filesystem import LocalFilesystem

from sentiment.models.digests import sha256_of
from steps.shared.reviews_file import local_file, within_reach
from tests.trained import SAMPLE


@pytest.fixture
def far_store(tmp_path):
    """An artifact store whose addresses, like a bucket's, are no paths of this machine."""
    folder = tmp_path / "far"

    def here(path):
        return str(path).replace("far://bucket", str(folder))

    class Far(LocalFilesystem):
        SUPPORTED_SCHEMES = {"far://"}  # noqa: RUF012
        open = staticmethod(lambda path, mode="r": LocalFilesystem.open(here(path), mode))
        exists = staticmethod(lambda path: LocalFilesystem.exists(here(path)))
        makedirs = staticmethod(lambda path: LocalFilesystem.makedirs(here(path)))
        rename = staticmethod(lambda src, dst, overwrite=False: LocalFilesystem.rename(here(src), here(dst), overwrite))

    default_filesystem_registry.register(Far)
    yield SimpleNamespace(config=SimpleNamespace(is_local=False), path="far://bucket/zenml", folder=folder)
    del default_filesystem_registry._filesystems["far://"]


def test_here_it_is_read_where_it_is():
    store = SimpleNamespace(config=SimpleNamespace(is_local=True), path="/anywhere")
    assert within_reach(str(SAMPLE), "digest", store) == str(SAMPLE)
    with local_file(str(SAMPLE)) as found:
        assert found == SAMPLE


def test_elsewhere_it_is_copied_once_and_read_from_there(far_store):
    digest = sha256_of(SAMPLE)
    shared = within_reach(str(SAMPLE), digest, far_store)
    assert shared == f"far://bucket/zenml/reviews/{digest}.csv"
    assert within_reach("/not/there.csv", digest, far_store) == shared
    assert [path.name for path in far_store.folder.rglob("*.*")] == [f"{digest}.csv"]
    with local_file(shared) as fetched:
        assert sha256_of(fetched) == digest
    assert not fetched.exists()


def test_a_copy_that_breaks_leaves_nothing_that_would_be_taken_for_whole(far_store, monkeypatch):
    monkeypatch.setattr(
        "steps.shared.reviews_file.fileio.rename", lambda *_: (_ for _ in ()).throw(OSError("the line is dead"))
    )
    with pytest.raises(OSError, match="the line is dead"):
        within_reach(str(SAMPLE), "digest", far_store)
    monkeypatch.undo()
    assert not list(far_store.folder.rglob("digest.csv"))
