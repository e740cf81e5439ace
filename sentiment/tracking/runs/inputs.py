"""What a candidate's run was given, as MLflow keeps it: parameters and the dataset."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mlflow.entities import Dataset, DatasetInput, InputTag, Param

from sentiment.training.lineage import TrainingData

if TYPE_CHECKING:
    from sentiment.training.candidates import Candidate


def params_of(candidate: Candidate, data: TrainingData) -> list[Param]:
    """Give the candidate's hyperparameters, by the article's names where it has one, and how its file was read."""
    params: dict[str, Any] = {"train-data": data.name, "recipe": candidate.recipe}
    params |= {f"schema-{name}": value for name, value in data.read_as.items()}
    params |= {{"embedding_dim": "embedding-dim"}.get(name, name): value for name, value in candidate.params.items()}
    return [Param(name, str(value)) for name, value in params.items()]


def dataset_input(data: TrainingData, rows: int) -> DatasetInput:
    """Describe the file that a candidate is trained on, and on how many of its rows."""
    dataset = Dataset(
        name=data.name,
        digest=short_digest(data),
        source_type="local",
        source=json.dumps({"uri": data.source}),
        profile=json.dumps({"num_rows": rows}),
    )
    return DatasetInput(dataset, [InputTag("mlflow.data.context", "training")])


def short_digest(data: TrainingData) -> str:
    """Give so much of the file's digest as MLflow names a dataset by."""
    return data.sha256[:32]  # MLflow's columns hold 36 characters; the whole digest is a tag
