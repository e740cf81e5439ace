"""Alibi Detect and Evidently for real, each in the environment that the Makefile makes, asked by `monitor`."""

from __future__ import annotations

import subprocess
import sys

import pytest

from sentiment.monitoring.rows import rows_of
from sentiment.monitoring.tools import ALIBI, EVIDENTLY, HOME, opinion, report
from sentiment.service.predictions import encode
from tests.e2e.conftest import Project, copy_project
from tests.monitoring.test_judging import predictions, replace_review

pytestmark = pytest.mark.slow
HOSTILE = "<script>alert(1)</script>"
RUN = """
from mlflow import MlflowClient
from steps.shared.tracking import run_store
client = MlflowClient(run_store().tracking_uri)
experiment = client.get_experiment_by_name("customer-sentiment-monitoring").experiment_id
(run,) = client.search_runs([experiment])
print("FILES", sorted(file.path for file in client.list_artifacts(run.info.run_id)))
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Project:
    """A project with both environments, made as the Makefile makes them, and a version."""
    made = copy_project(tmp_path_factory.mktemp("tools"))
    uv = f"{sys.prefix}/bin/uv"
    for tool in (ALIBI, EVIDENTLY):
        environment = made.root / "tools" / ".venv" / tool.target
        subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, environment], check=True)
        lock = HOME / f"{tool.target}.lock"
        sync = [uv, "pip", "sync", "--quiet", "--python", environment / "bin" / "python", "--require-hashes", lock]
        subprocess.run(sync, check=True)
    made.run("--only", "tfidf_linear")
    return made


def record(project, made):
    log = project.root / ".predictions"
    log.mkdir(exist_ok=True)
    lines = b"".join(encode(one) + b"\n" for one in made)
    (log / "20260101T000000000000-1-1.jsonl").write_bytes(lines)


def test_alibi_detect_finds_a_change_and_none_where_there_is_none(project):
    home = project.root / "tools"
    reference, quiet = rows_of(predictions(2000, seed=9), {}), predictions(500)
    swapped = [replace_review(one, one.review.replace("dress", "bikini")) for one in quiet]
    verdicts = [
        opinion(rows_of(made, {}), reference, rate=0.01, seed=0, home=home) for made in (quiet, swapped, swapped)
    ]
    assert [one.changed for one in verdicts] == [False, True, True]
    assert verdicts[1] == verdicts[2]
    assert verdicts[0].rows == 1000


def test_evidentlys_report_has_no_text_of_a_review_and_loads_nothing(project, open_window, tmp_path):
    marked = [replace_review(one, f"{HOSTILE} zorp") for one in predictions(300, recommends=0.3)]
    home = project.root / "tools"
    page = report(rows_of(marked, {}), rows_of(predictions(2000, seed=9), {}), rate=0.01, home=home)
    assert "zorp" not in page
    assert HOSTILE not in page
    assert len(page) < 6_000_000
    (tmp_path / "report.html").write_text(page, encoding="utf-8")
    window = open_window()
    shown = window.show(tmp_path / "report.html")
    shown.get_by_text("Dataset Drift is detected").wait_for()
    shown.get_by_text("share of unknown words").first.wait_for()
    # What a page of scripts would send is refused by the page itself.
    assert shown.evaluate("fetch('data:text/plain,x').then(() => 'sent', () => 'refused')") == "refused"
    window.picture("evidently")


def test_both_stand_beside_our_verdict(project):
    record(project, predictions(300, version="1", has_title=False))
    order = ("monitor", "--detector", "alibi", "--evidently", "evidently.html")
    told = project.run(*order, exits=4).stdout
    assert "alibi-detect 0.13.0, beside: classifier two-sample test of the words finds a change" in told
    page = (project.root / "evidently.html").read_text(encoding="utf-8")
    assert page.lstrip().startswith("<!DOCTYPE html>")
    assert "FILES ['evidently.html', 'window.html']" in project.python("-c", RUN).stdout
    kept = project.json("monitor", "history")[0]
    assert kept["opinion"]["changed"] is True
    assert kept["judgement"]["state"] == "alarm"
    assert "evidently.html exists already; --overwrite replaces it" in project.run(*order, exits=2).stderr


def test_what_fails_there_is_said_and_loses_no_verdict(project):
    record(project, predictions(320, version="1", has_title=False))
    for tool in (ALIBI, EVIDENTLY):
        (project.root / "tools" / tool.script).write_text("import sys; sys.exit('out of order')")
    told = project.run("monitor", "--detector", "alibi", "--evidently", "other.html", exits=4)
    assert "Alibi Detect gave no verdict: Alibi Detect failed (exit code 1): out of order" in told.stdout
    assert "Evidently's report was not written: Evidently failed (exit code 1): out of order" in told.stderr
    assert not (project.root / "other.html").exists()
