"""What `python run.py train` comes to without ZenML: the same functions, the same MLflow runs, no pipeline.

Trains, scores and logs every candidate of a configuration, in order. Nothing is cached, registered or put to a gate.
"""

from __future__ import annotations

import sys
from pathlib import Path

from mlflow import MlflowClient

from benchmarks.data import CONFIG
from sentiment.models.digests import sha256_of
from sentiment.reviews.reading import read_reviews, with_text
from sentiment.reviews.sources import resolve
from sentiment.reviews.splits import split_reviews
from sentiment.tracking import EXPERIMENT
from sentiment.tracking.runs.recording import evaluate_candidate, train_candidate
from sentiment.tracking.runs.store import RunStore
from sentiment.training.lineage import PipelineRun, TrainingData


def train_all(tracking_uri: str, data: Path) -> None:
    """Train, score and log each candidate below one run."""
    source = resolve(str(data), Path())
    facts = TrainingData(name=source.name, sha256=sha256_of(data), source=str(source.path), is_sample=source.is_sample)
    rows = split_reviews(with_text(read_reviews(data)), validation_share=CONFIG.validation_share, seed=CONFIG.seed)
    client, store = MlflowClient(tracking_uri), RunStore(tracking_uri)
    if client.get_experiment_by_name(EXPERIMENT) is None:
        client.create_experiment(EXPERIMENT)
    opened = client.create_run(store.experiment_id(), run_name="bare")
    parent = PipelineRun(run_id=opened.info.run_id, zenml_run="none", data=facts, tags={})
    for candidate in CONFIG.candidates:
        model, run = train_candidate(store, parent, candidate, rows.train, rows.validation, seed=CONFIG.seed)
        evaluate_candidate(store, candidate, run, model, rows.validation, rows.test, seed=CONFIG.seed)
    store.mark(parent.run_id, "FINISHED")


if __name__ == "__main__":
    train_all(sys.argv[1], Path(sys.argv[2]))
