"""What the steps of a search need of the active stack's experiment tracker."""

from __future__ import annotations

from sentiment.search.journal import Plan
from sentiment.tracking.runs.searches import SearchRuns
from steps.shared.tracking import run_store


def search_runs(plan: Plan) -> SearchRuns:
    """Open the MLflow runs of a search; raises as `run_store`."""
    return SearchRuns(run_store().tracking_uri, plan.name, plan.start)
