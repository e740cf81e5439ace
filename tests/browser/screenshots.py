"""Make the README's pictures again: train on the sample, look at what comes of it, keep what the browser shows.

``make screenshots`` runs it. Every picture is of a real run's real page.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.browser.conftest import QUIET, chromium
from tests.conftest import ROOT
from tests.e2e.conftest import Project, copy_project

PICTURES = ROOT / "docs" / "pictures"
LARGEST = 150_000
DEVELOPER = "Ada"
WIDTH = 1180
LOADED = 60_000  # milliseconds for a server's first page


def main() -> None:
    """Write the pictures.

    Raises:
        SystemExit: There is no Chromium, or a picture is too large for a README.
    """
    program = chromium()
    if program is None:
        sys.exit("needs Chromium: `apt-get install chromium`")
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        project = copy_project(Path(folder))
        project.run("--developer", DEVELOPER)
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        _shoot_report(browser, project)
        _shoot_zenml(browser, project)
        _shoot_mlflow(browser, project)
        _shoot_monitoring(browser, project)
        browser.close()
    for path in sorted(PICTURES.glob("*.png")):
        size = path.stat().st_size
        sys.stdout.write(f"{path.relative_to(ROOT)}: {size / 1e3:.0f} kB\n")
        if size > LARGEST:
            sys.exit(f"{path.name} has {size:,} bytes; at most {LARGEST:,} belong into a README")


def _shoot_report(browser: Browser, project: Project) -> None:
    """The report's top, and the page of its best model."""
    page = browser.new_page(viewport={"width": WIDTH, "height": 640})
    page.goto(Path(project.json("report")["path"]).as_uri())
    page.screenshot(path=PICTURES / "report.png")
    top = page.get_by_text("How good is this model?").evaluate("shown => shown.offsetTop")
    page.set_viewport_size({"width": WIDTH, "height": top + 600})
    page.screenshot(path=PICTURES / "model.png", clip={"x": 0, "y": top - 24, "width": WIDTH, "height": 540})
    page.close()


def _shoot_zenml(browser: Browser, project: Project) -> None:
    """The steps of the run, and beside them the comparison."""
    shown = project.json("dashboard", "--no-open")
    try:
        page = browser.new_page(viewport={"width": 1500, "height": 720})
        page.goto(shown["page"], timeout=LOADED)
        page.get_by_role("button", name="Fit view").click(timeout=LOADED)  # it begins at the first step alone
        page.get_by_text("comparison", exact=True).first.click(timeout=LOADED)
        page.get_by_role("tab", name="Visualization").last.click()
        page.get_by_role("button", name="Load Preview").click()
        page.frame_locator("iframe").get_by_text("Which model is best").wait_for()
        page.wait_for_timeout(1_000)  # the panel slides in
        page.screenshot(path=PICTURES / "zenml.png")
        page.close()
    finally:
        project.run("dashboard", "stop")


def _shoot_mlflow(browser: Browser, project: Project) -> None:
    """The candidates with what they are worth."""
    with _mlflow_ui(project) as address:
        page = browser.new_page(viewport={"width": 1500, "height": 560})
        page.goto(address, timeout=LOADED)
        page.get_by_role("button", name="Close").last.click(timeout=LOADED)  # the assistant, which nobody called
        page.get_by_text("tfidf_linear (sample)").first.wait_for()
        page.wait_for_timeout(2_000)  # its columns fill one after the other
        page.screenshot(path=PICTURES / "mlflow.png")
        page.close()


def _shoot_monitoring(browser: Browser, project: Project) -> None:
    """A week of customers with a change on the fourth day, as monitoring saw it."""
    shutil.copytree(ROOT / "benchmarks", project.root / "benchmarks")
    project.run("deploy", "--to", "service")
    try:
        sent = project.python("-m", "benchmarks.traffic", "--monitor", "--data", "sample")
        if sent.returncode:
            sys.exit(sent.stderr)
        project.run("monitor", "history", "--out", "windows.html")
    finally:
        project.run("service", "stop")
    page = browser.new_page(viewport={"width": WIDTH, "height": 420})
    page.goto((project.root / "windows.html").as_uri())
    page.screenshot(path=PICTURES / "monitoring.png")
    page.close()


@contextmanager
def _mlflow_ui(project: Project) -> Iterator[str]:
    """Serve MLflow's pages, and give the address of the experiment's runs."""
    command = [sys.executable, "run.py", "mlflow-ui", "--no-open"]
    with subprocess.Popen(
        command, cwd=project.root, env=project.environment, stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stdout is not None
            yield next(line.strip() for line in server.stdout if "/#/experiments/" in line)
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
