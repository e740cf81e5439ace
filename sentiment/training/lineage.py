"""Where a model came from: the data, the pipeline run, the candidate's own run."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from sentiment.models.known_answers import KnownAnswer


class TrainingData(BaseModel):
    """What a pipeline run was started with.

    Attributes:
        name: For people: ``sample`` or the file's name.
        sha256: Of the file; of several, of their digests; of objects in a store, of their versions.
        source: Where the file was read from.
        is_sample: Whether it is the bundled sample, which every model trained on it says.
        read_as: Settings of `reviews.schema.Schema` that differ from the article's.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    sha256: str
    source: str
    is_sample: bool
    read_as: dict[str, Any] = {}


class PipelineRun(BaseModel):
    """The MLflow run that stands for a whole pipeline run.

    Attributes:
        tags: What every candidate's run repeats: developer, commit, data digest.
    """

    model_config = ConfigDict(frozen=True)

    run_id: str
    zenml_run: str
    data: TrainingData
    tags: dict[str, str]


class LoggedFiles(BaseModel):
    """The files of a trained model, as they were when it was logged.

    Attributes:
        model_uri: ``models:/m-…``: the logged model, independent of the run's artifacts.
        size: In bytes.
        digests: Relative path to sha256.
    """

    model_config = ConfigDict(frozen=True)

    model_uri: str
    size: int
    digests: dict[str, str]


class CandidateRun(BaseModel):
    """The MLflow run of one trained candidate.

    Attributes:
        known_answers: What the model said when it had just been trained.
        zenml_run: The pipeline run that trained it, which a later run that finds it in the cache is not.
        seen_texts_sha256: Of the file with the fingerprints of the texts it was trained on; empty for one of before.
    """

    model_config = ConfigDict(frozen=True)

    run_id: str
    parent_run_id: str
    data: TrainingData
    files: LoggedFiles
    fit_seconds: float
    known_answers: tuple[KnownAnswer, ...]
    zenml_run: str
    seen_texts_sha256: str = ""


def display_name(candidate: str, *, is_sample: bool) -> str:
    """Name a model for people: one that was trained on the sample says so."""
    return f"{candidate} (sample)" if is_sample else candidate
