"""The page in a real browser, started by `python run.py page` on a real service."""

from __future__ import annotations

import signal
import subprocess
import sys

import psutil
import pytest
from playwright.sync_api import expect

from sentiment.service.loopback import free_port
from tests.browser.conftest import NARROW, WIDE, OpenWindow
from tests.browser.test_dashboards import HEEDING_CTRL_C, PATIENCE
from tests.conftest import ROOT
from tests.service.conftest import complaint, downloaded, model, start

__all__ = ["complaint", "downloaded", "model", "start"]


@pytest.fixture
def address(start, tmp_path):
    service = start()
    port = str(free_port(8600, only=False))
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            HEEDING_CTRL_C,
            str(ROOT / "run.py"),
            "page",
            "--service",
            service.address,
            "--port",
            port,
        ],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    yield process.stdout.readline().strip()
    children = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) == 0
    assert not [child for child in children if child.is_running()]


def test_a_word_of_a_review_is_marked_and_nothing_leaves_the_machine(
    address: str, open_window: OpenWindow, complaint: str, tmp_path
):
    window = open_window(WIDE)
    page = window.show(address)
    page.get_by_label("Review", exact=True).fill(f"{complaint} <b>")
    page.get_by_role("button", name="Ask").click(timeout=PATIENCE)
    expect(page.locator("mark.against").first).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("The customer does not recommend the product")).to_be_visible()
    expect(page.locator("p.review").get_by_text("<b>")).to_be_visible()
    window.picture("page-review")
    page.get_by_role("button", name="Yes").click()
    expect(page.get_by_text("Thank you")).to_be_visible(timeout=PATIENCE)

    page.get_by_role("tab", name="A file").click()
    file = tmp_path / "reviews.csv"
    file.write_text("Review Text\nso soft\nit ripped and I sent it back\n\n")
    page.locator("input[type=file]").set_input_files(str(file))
    expect(page.get_by_text("2 reviews were scored")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("button", name="Download as Parquet")).to_be_visible()
    window.picture("page-file")

    other = tmp_path / "shop.csv"
    other.write_text("id,subject,body\n1,Great,so soft\n2,Hm,it ripped\n3\n")
    page.get_by_role("button", name="Remove reviews.csv").click()
    page.locator("input[type=file]").set_input_files(str(other))
    expect(page.get_by_text("Which are to be read?")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name="Score").click()
    expect(page.get_by_text("1 row has a wrong number of fields")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("2 reviews were scored")).to_be_visible(timeout=PATIENCE)
    assert window.overflow() == 0
    window.picture("page-other-columns")

    page.get_by_role("tab", name="In production").click()
    expect(page.get_by_text("No window was judged yet")).to_be_visible(timeout=PATIENCE)
    window.picture("page-production")
    window.resize(NARROW)
    page.get_by_role("tab", name="One review").click()
    expect(page.locator("mark.against").first).to_be_visible()
    assert window.overflow() == 0
    window.picture("page-review")
