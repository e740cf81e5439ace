"""The browser fixture itself: what it notes would fail every other test here."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.conftest import NARROW, OpenWindow


def page_with(folder: Path, body: str) -> Path:
    path = folder / "page.html"
    path.write_text(f"<!doctype html><meta charset=utf-8><title>page</title>{body}", encoding="utf-8")
    return path


def test_a_plain_page_has_no_problems_and_leaves_a_picture(open_window: OpenWindow, tmp_path: Path):
    window = open_window(NARROW)
    assert window.show(page_with(tmp_path, "<h1>fine</h1>")).get_by_role("heading").inner_text() == "fine"
    assert window.overflow() == 0
    assert window.picture("plain").stat().st_size > 0


@pytest.mark.parametrize(
    ("body", "noted"),
    [
        ("<script>alert(1)</script>", "dialog: 1"),
        ("<script>nothing()</script>", "script error: nothing is not defined"),
        ("<img src='http://192.0.2.1/x.png'>", "request to http://192.0.2.1/x.png"),
    ],
)
def test_what_no_page_may_do_is_noted(open_window: OpenWindow, tmp_path: Path, body: str, noted: str):
    window = open_window()
    window.show(page_with(tmp_path, body))
    problems = window.problems[:]
    window.problems.clear()
    assert problems == [noted]


def test_a_page_that_is_wider_than_its_window_is_measured(open_window: OpenWindow, tmp_path: Path):
    window = open_window(NARROW)
    window.show(page_with(tmp_path, "<div style='width: 1000px; height: 1px'></div>"))
    assert window.overflow() > 500
