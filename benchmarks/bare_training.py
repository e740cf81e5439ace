"""What `python run.py train` comes to without ZenML: the same functions, the same MLflow runs, no pipeline.

Trains, scores and logs every candidate of a configuration, in order. Nothing is cached, registered or put to a gate.
"""

from __future__ import annotations

import sys
from pathlib import Path

from mlflow import MlflowClient

from benchmarks.data import CONFIG
from sentiment.datasets import resolve
from sentiment.evaluation import evaluate_model, evaluation_pictures
from sentiment.known_answers import known_answers
from sentiment.lineage import CandidateRun, PipelineRun, TrainingData
from sentiment.reviews import examples, read_reviews, sha256_of, with_text
from sentiment.splits import split_reviews
from sentiment.tracking import EXPERIMENT
from sentiment.tracking.runs import RunStore


def train_all(tracking_uri: str, data: Path) -> None:
    """Train, score and log each candidate below one run."""
    source = resolve(str(data), Path())
    facts = TrainingData(name=source.name, sha256=sha256_of(data), source=str(source.path), is_sample=source.is_sample)
    split = split_reviews(with_text(read_reviews(data)), validation_share=CONFIG.validation_share, seed=CONFIG.seed)
    train, validation, test = (examples(part) for part in (split.train, split.validation, split.test))
    client, store = MlflowClient(tracking_uri), RunStore(tracking_uri)
    if client.get_experiment_by_name(EXPERIMENT) is None:
        client.create_experiment(EXPERIMENT)
    opened = client.create_run(store.experiment_id(), run_name="bare")
    parent = PipelineRun(run_id=opened.info.run_id, zenml_run="none", data=facts, tags={})
    for candidate in CONFIG.candidates:
        with store.candidate_run(parent, candidate, rows=len(train.documents), seed=CONFIG.seed) as run_id:
            candidate.prepare()
            fitted = candidate.fit(train, validation, CONFIG.seed)
            store.log_history(run_id, fitted.history)
            files = store.log_model(run_id, candidate.name, fitted.model)
            probabilities = fitted.model.predict_proba(test.documents)
            run = CandidateRun(
                run_id=run_id,
                parent_run_id=parent.run_id,
                data=facts,
                files=files,
                fit_seconds=0.0,
                known_answers=known_answers(fitted.model),
                zenml_run="none",
            )
            evaluation = evaluate_model(
                candidate,
                run,
                fitted.model,
                validation,
                test,
                probabilities,
                test_row_numbers=split.test["row"].tolist(),
                microseconds_per_review=0.0,
                seed=CONFIG.seed,
            )
            store.log_metrics(run_id, evaluation.flat(), files.model_uri)
            store.log_files(run_id, evaluation_pictures(fitted.model, test.labels, probabilities), "plots")
    store.mark(parent.run_id, "FINISHED")


if __name__ == "__main__":
    train_all(sys.argv[1], Path(sys.argv[2]))
