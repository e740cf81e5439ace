"""What a registered version says of itself."""

from __future__ import annotations

import json

from pydantic import BaseModel, ConfigDict

from sentiment.evaluation.comparison import Evaluation
from sentiment.markdown import verbatim
from sentiment.metrics.summary import METRICS
from sentiment.models import families, known_answers
from sentiment.training.lineage import CandidateRun, PipelineRun, TrainingData, display_name

SEEN_FOLDER, SEEN_FILE = "seen_texts", "fingerprints.bin"
"""Of a run's artifacts: the fingerprints of the texts that its model was trained on."""
SEEN_TAG = "seen_texts_sha256"
"""Of a version that keeps the fingerprints of the texts that it was trained on."""


class Registered(BaseModel):
    """What a pipeline run registered.

    Attributes:
        versions: Candidate name to version number, of those that pass the floor.
        best: The version of the best candidate; None when it does not pass the floor.
    """

    model_config = ConfigDict(frozen=True)

    versions: dict[str, str]
    best: str | None


def describe_version(evaluation: Evaluation, data: TrainingData, run: CandidateRun) -> str:
    """Say in words what a version is and what it is worth."""
    test = evaluation.test
    return (
        f"**{display_name(evaluation.name, is_sample=data.is_sample)}**: {families.get(evaluation.family).ALGORITHM}, "
        f"trained on {verbatim(data.name)}. "
        f"On {test.rows:,} test rows: accuracy {_with_interval(evaluation, 'accuracy')}, "
        f"ROC AUC {_with_interval(evaluation, 'roc_auc')}, MCC {_with_interval(evaluation, 'mcc')}. "
        f"Finds {test.recall_not_recommended:.0%} of those who do not recommend; "
        f"{test.precision_not_recommended:.0%} of whom it names do not. "
        f"Threshold {evaluation.threshold:.2f}, {run.files.size / 1e6:.1f} MB."
    )


def describe_origin(run: CandidateRun, pipeline_run: PipelineRun, experiment_id: str) -> str:
    """Say in words where a version came from, with a link to its MLflow run."""
    return (
        f"Trained by {verbatim(pipeline_run.tags['developer'])} in "
        f"[MLflow run {run.run_id[:8]}](#/experiments/{experiment_id}/runs/{run.run_id}) "
        f"and ZenML run {run.zenml_run}. Data sha256 {pipeline_run.data.sha256}."
    )


def version_tags(
    evaluation: Evaluation, run: CandidateRun, pipeline_run: PipelineRun, *, rank: int, overlap: int
) -> dict[str, str]:
    """Gather the facts about a version that others decide by.

    Args:
        evaluation: Of the candidate.
        run: That trained it.
        pipeline_run: That registers it; for what was found in the cache, a later one than trained it.
        rank: Among the candidates of its run, on validation rows; 1 is the best.
        overlap: Test rows whose text is among its training or validation rows.
    """
    metrics = {name: round(evaluation.test.value(name), 6) for name in METRICS}
    return {
        **pipeline_run.tags,
        "candidate": evaluation.name,
        "family": evaluation.family,
        "algorithm": families.get(evaluation.family).ALGORITHM,
        "rank": str(rank),
        "is_sample": str(pipeline_run.data.is_sample).lower(),
        "mlflow_run": run.run_id,
        "zenml_run": run.zenml_run,
        "metrics": json.dumps(metrics, sort_keys=True),
        "test_fingerprint": evaluation.test_fingerprint,
        "train_test_overlap": str(overlap),
        "model_bytes": str(run.files.size),
        **({SEEN_TAG: run.seen_texts_sha256} if run.seen_texts_sha256 else {}),
        known_answers.VERSION_TAG: json.dumps([answer.model_dump() for answer in run.known_answers]),
    }


def _with_interval(evaluation: Evaluation, metric: str) -> str:
    low, high = evaluation.test.intervals[metric]
    return f"{evaluation.test.value(metric):.3f} [{low:.3f}, {high:.3f}]"
