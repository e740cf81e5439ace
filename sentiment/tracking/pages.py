"""MLflow's pages: their addresses, and what the experiment's shows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from urllib.parse import quote

_WORKFLOW = "workflowType=machine_learning"  # else MLflow 3 shows its menu for language models
_VIEW = "candidates"
HEADLINES = ("test_accuracy", "test_mcc", "test_roc_auc", "val_mcc")
"""The metrics that matter most; the experiment's page has a column for each."""
_COLUMNS = [*(f"metrics.`{name}`" for name in HEADLINES), "params.`recipe`", "tags.`best`", "attributes.`Created`"]
EXPERIMENT_TAGS = {
    "mlflow.note.content": (
        "Would the customer recommend the product? One run a training, below it one a candidate that was trained in "
        "it. `val_…` chooses the best, `test_…` is what it is worth. The best of each training is in its tag `best`."
    ),
    "mlflow.experimentKind": "custom_model_development",
    # What MLflow's "share" button would write. Of its own accord it shows no metric, and candidates folded away below
    # their trainings, which it cannot be told to unfold: sorted by a metric they stand by themselves.
    f"mlflow.sharedViewState.{_VIEW}": json.dumps(
        {
            "selectedColumns": _COLUMNS,
            "searchFilter": "tags.candidate != ''",
            "orderByKey": "metrics.`val_mcc`",
            "orderByAsc": False,
        }
    ),
}
"""What makes the experiment's page tell something."""


def run_page(experiment_id: str, run_id: str) -> str:
    """Name the page of a run, to be put behind a server's address, as below."""
    return f"/#/experiments/{quote(experiment_id)}/runs/{quote(run_id)}?{_WORKFLOW}"


def comparison_page(experiment_id: str, run_ids: Sequence[str]) -> str:
    """Name the page that shows runs side by side."""
    runs, experiments = (quote(json.dumps(ids, separators=(",", ":"))) for ids in (list(run_ids), [experiment_id]))
    return f"/#/compare-runs?runs={runs}&experiments={experiments}&{_WORKFLOW}"


def experiment_page(experiment_id: str) -> str:
    """Name the page of the candidates of all trainings, best first, with the metrics that matter as columns."""
    return f"/#/experiments/{quote(experiment_id)}/runs?viewStateShareKey={_VIEW}&{_WORKFLOW}"
