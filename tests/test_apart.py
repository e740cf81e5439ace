"""What is read is never what is written, by whatever name either is given."""

from __future__ import annotations

from pathlib import Path

import pytest

from sentiment.apart import require_apart
from sentiment.errors import InputError


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / "reviews.csv"
    path.write_text("precious")
    return path


@pytest.mark.parametrize("name", ["itself", "symlink", "link to a link", "hard link", "link to its folder", "dots"])
def test_one_file_of_two_names_is_refused(kept, tmp_path, name):
    other = tmp_path / "other.csv"
    if name == "symlink":
        other.symlink_to(kept)
    elif name == "link to a link":
        (tmp_path / "first.csv").symlink_to(kept)
        other.symlink_to("first.csv")
    elif name == "hard link":
        other.hardlink_to(kept)
    elif name == "link to its folder":
        (tmp_path / "folder").symlink_to("in")
        other = tmp_path / "folder" / kept.name
    elif name == "dots":
        other = tmp_path / "in" / ".." / "in" / kept.name
    else:
        other = kept
    for written, read in ((other, kept), (kept, other)):
        with pytest.raises(InputError, match="is the same file as"):
            require_apart([tmp_path / "new.csv", written], [read])


def test_a_folder_that_is_replaced_must_not_hold_what_is_read(kept, tmp_path):
    (tmp_path / "link").symlink_to("in")
    for folder in (tmp_path / "in", tmp_path / "link"):
        with pytest.raises(InputError, match=r"would be replaced, and .*reviews\.csv, which is read, lies in it"):
            require_apart([folder], [kept])


def test_results_must_not_lie_in_a_folder_that_is_read(kept, tmp_path):
    (tmp_path / "link").symlink_to("in")
    with pytest.raises(InputError, match=r"out\.csv lies in .*, so another run would take it for reviews"):
        require_apart([tmp_path / "link" / "out.csv"], [tmp_path / "in"])


def test_neighbours_and_equal_copies_are_apart(kept, tmp_path):
    (tmp_path / "copy.csv").write_text("precious")
    require_apart([tmp_path / "copy.csv", kept.with_name("out.csv"), tmp_path / "input"], [kept])
