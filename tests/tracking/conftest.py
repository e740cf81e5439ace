"""A real MLflow store in SQLite, with small models to register."""

from __future__ import annotations

import os

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")

import shutil
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from uuid import uuid4

import mlflow
import pytest
from mlflow import MlflowClient

from sentiment.models.text_model import TextModel
from sentiment.release.policy import Policy
from sentiment.reviews.splits import Split
from sentiment.tracking import EXPERIMENT
from sentiment.tracking.registry.held_out import HeldOutRows, held_out_rows
from sentiment.tracking.registry.release import register
from sentiment.tracking.registry.store import Registry
from sentiment.tracking.registry.version import Version
from sentiment.tracking.runs.store import RunStore
from sentiment.training.lineage import LoggedFiles, PipelineRun, TrainingData
from tests.trained import SAMPLE, candidate

CANDIDATE = candidate("bag_of_words")
LENIENT = Policy(
    floors={"mcc": -1.0},
    metric="mcc",
    minimum_gain=0.0,
    minimum_probability=0.0,
    max_microseconds_per_review=1e9,
    max_bytes=10**9,
)


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with MLflow's tables; making them takes seconds, copying it does not."""
    folder = tmp_path_factory.mktemp("store")
    MlflowClient(f"sqlite:///{folder / 'mlflow.db'}").search_experiments()
    return folder / "mlflow.db"


@pytest.fixture
def store_kind() -> str:
    """Where runs and versions are kept; a test that names another overrides it."""
    return "sqlite"


@pytest.fixture
def files(tmp_path: Path) -> str:
    """Where the files of runs are kept; a test that names another place overrides it."""
    return (tmp_path / "artifacts").as_uri()


@pytest.fixture
def tracking_uri(store_kind: str, files: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    if store_kind == "postgresql":
        server, database = request.getfixturevalue("postgresql"), f"test_{uuid4().hex}"
        server.psql(f"CREATE DATABASE {database};")
        address = server.get_uri(database=database)
    else:
        shutil.copy(request.getfixturevalue("empty_store"), tmp_path / "mlflow.db")
        address = f"sqlite:///{tmp_path / 'mlflow.db'}"
    MlflowClient(address).create_experiment(EXPERIMENT, artifact_location=files)
    mlflow.set_tracking_uri(address)
    yield address
    mlflow.set_tracking_uri("")


@pytest.fixture
def held_out(split: Split) -> HeldOutRows:
    return held_out_rows(split.test, data_sha256="sample")


@pytest.fixture
def registry(tracking_uri: str) -> Registry:
    return Registry(tracking_uri)


@pytest.fixture
def log_model(tracking_uri: str) -> Callable[[TextModel], LoggedFiles]:
    """Log a model in a run of its own, as a training step does."""
    store = RunStore(tracking_uri)
    data = TrainingData(name="sample", sha256="sample", source=str(SAMPLE), is_sample=True)
    numbers = count(1)

    def log(model: TextModel) -> LoggedFiles:
        parent = MlflowClient(tracking_uri).create_run(store.experiment_id(), run_name="pipeline run")
        pipeline_run = PipelineRun(run_id=parent.info.run_id, zenml_run=f"run-{next(numbers)}", data=data, tags={})
        with store.candidate_run(pipeline_run, CANDIDATE, rows=10, seed=0) as run_id:
            return store.log_model(run_id, "bag_of_words", model)

    return log


@pytest.fixture
def register_model(registry: Registry, log_model: Callable[[TextModel], LoggedFiles]) -> Callable[..., Version]:
    """Log and register a model."""

    def register_logged(model: TextModel, **tags: str) -> Version:
        files = log_model(model)
        return register(registry, files, description="a model", tags=tags_of(files) | tags)

    return register_logged


def tags_of(files: LoggedFiles) -> dict[str, str]:
    return {
        "candidate": "bag_of_words",
        "is_sample": "true",
        "data_sha256": "sample",
        "train_test_overlap": "0",
        "model_bytes": str(files.size),
        "rank": "1",
    }
