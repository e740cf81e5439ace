"""A file is written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from sentiment.atomic import write_atomically


def test_a_file_is_replaced_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    write_atomically(path, "old")
    write_atomically(path, "new é")
    assert path.read_text(encoding="utf-8") == "new é"
    assert list(tmp_path.iterdir()) == [path]


def test_half_a_character_does_not_cost_the_file(tmp_path: Path) -> None:
    write_atomically(tmp_path / "page.html", "a \ud800 b")
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == "a ? b"


def test_what_cannot_be_put_in_place_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "page.html").mkdir()
    with pytest.raises(OSError):
        write_atomically(tmp_path / "page.html", "text")
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]


def test_others_may_read_it_as_any_file_one_makes(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("", encoding="utf-8")
    write_atomically(tmp_path / "page.html", "text")
    assert (tmp_path / "page.html").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_who_may_read_a_file_stays_as_it_was(tmp_path):
    path = tmp_path / "secret"
    path.touch(mode=0o600)
    write_atomically(path, "new")
    assert path.stat().st_mode & 0o777 == 0o600
