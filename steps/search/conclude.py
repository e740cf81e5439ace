"""Say in MLflow what came of a search."""

from __future__ import annotations

from zenml import step

from sentiment.evaluation.report import TrainingReport
from sentiment.reports.search import search_pictures
from sentiment.search.journal import Plan
from sentiment.search.trial import Search
from steps.shared.search import search_runs
from steps.shared.tracking import run_store


@step(enable_cache=False)
def conclude(plan: Plan, search: Search, report: TrainingReport) -> None:
    """Describe the search's run, link its best trial, and add its pictures; after `report` has closed the run."""
    search_runs(plan).conclude(report.parent_run_id, search)
    pictures = {f"{name}.svg": one.file() for name, one in search_pictures(search).items()}
    run_store().log_files(report.parent_run_id, pictures, "search")
