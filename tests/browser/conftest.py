"""A real browser, which notes what no page of this project may do and keeps pictures of what it saw."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, Request, Route, sync_playwright

from tests.conftest import ROOT

SCREENSHOTS = ROOT / "build" / "screenshots"
NARROW, WIDE = 420, 1400
LOOPBACK = ("127.0.0.1", "localhost", "")  # without a host: file, data, about and blob
QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


class Window:
    """A window of the browser.

    Attributes:
        page: Playwright's, to find and click what a person would.
        problems: Script errors, dialogs, and requests that would have left this machine.
    """

    def __init__(self, context: BrowserContext) -> None:
        self.problems: list[str] = []
        context.route(lambda address: not _is_local(address), self._refuse)
        self.page: Page = context.new_page()
        self.page.on("pageerror", lambda error: self.problems.append(f"script error: {error}"))
        self.page.on("dialog", self._dismiss)

    def show(self, address: str | Path) -> Page:
        """Open an address, or a file."""
        self.page.goto(address.as_uri() if isinstance(address, Path) else address)
        return self.page

    def resize(self, width: int, height: int = 900) -> None:
        """Make the window narrow or wide."""
        self.page.set_viewport_size({"width": width, "height": height})

    def picture(self, name: str, *, whole: bool = True) -> Path:
        """Keep what is shown as ``build/screenshots/<name>-<width>.png``.

        Args:
            name: Of the file, without its ending.
            whole: The page from top to bottom, not only what fits the window.
        """
        assert self.page.viewport_size is not None
        path = SCREENSHOTS / f"{name}-{self.page.viewport_size['width']}.png"
        self.page.screenshot(path=path, full_page=whole)
        return path

    def overflow(self) -> int:
        """Say by how many pixels the page is wider than its window; 0 where nothing has to be scrolled sideways."""
        root = "document.documentElement"
        return max(0, int(self.page.evaluate(f"{root}.scrollWidth - {root}.clientWidth")))

    def _refuse(self, route: Route, request: Request) -> None:
        self.problems.append(f"request to {request.url}")
        route.abort()

    def _dismiss(self, dialog: Dialog) -> None:
        self.problems.append(f"dialog: {dialog.message}")
        dialog.dismiss()


def chromium() -> str | None:
    """Find the program."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


OpenWindow = Callable[..., Window]


# A module, not the session: while it is open no other test of the process could run an event loop of its own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, without a screen."""
    program = chromium()
    if program is None:
        reason = "needs Chromium: `apt-get install chromium`"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield started
        started.close()


@pytest.fixture
def open_window(browser: Browser) -> Iterator[OpenWindow]:
    """Open windows; the test fails when one of them met a script error, a dialog or a request to the outside."""
    windows: list[Window] = []
    contexts: list[BrowserContext] = []

    def open_one(width: int = WIDE, height: int = 900, *, dark: bool = False) -> Window:
        contexts.append(
            browser.new_context(
                viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light", locale="en-GB"
            )
        )
        windows.append(Window(contexts[-1]))
        return windows[-1]

    yield open_one
    for context in contexts:
        context.close()
    assert [problem for window in windows for problem in window.problems] == []


def _is_local(address: str) -> bool:
    return (urlsplit(address).hostname or "") in LOOPBACK
