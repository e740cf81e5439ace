"""Our models in MLflow's ``python_function`` format, without pickle: a directory of our files and a loader's name."""

from __future__ import annotations

import os
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import mlflow.pyfunc
import pandas as pd
from mlflow.exceptions import MlflowException
from mlflow.models import Model, ModelSignature
from mlflow.protos.databricks_pb2 import INVALID_PARAMETER_VALUE
from mlflow.types import ColSpec, DataType, ParamSchema, ParamSpec, Schema

from sentiment.errors import InputError
from sentiment.models.files import library_versions, load_scorer, save_model
from sentiment.models.scorer import Scorer
from sentiment.models.text_model import TextModel
from sentiment.service.contract import REVIEW, TITLE, WORDS, Reader
from sentiment.tracking.mlflow_overrides import requirements_of_this_process

FILES = "files"
DATA = f"data/{FILES}"
"""Where our files lie below an MLflow model."""
LOADER = __name__
SIGNATURE = ModelSignature(
    inputs=Schema(
        [
            ColSpec(DataType.string, REVIEW),
            ColSpec(DataType.string, TITLE, required=False),
        ]
    ),
    outputs=Schema(
        [
            ColSpec(DataType.double, "probability"),
            ColSpec(DataType.boolean, "recommended"),
        ]
    ),
    params=ParamSchema([ParamSpec(WORDS, DataType.long, 0)]),
)
_IN_SERVER = "_MLFLOW_IS_IN_SERVING_ENVIRONMENT"
INPUT_EXAMPLE = pd.DataFrame(
    {"review": ["The fabric is soft and it fits like a dream."], "title": ["My new favourite"]}
)


class ReviewModel:
    """What MLflow calls: reviews in, probabilities and verdicts out.

    Args:
        scorer: The model.
    """

    def __init__(self, scorer: Scorer) -> None:
        self._reader = Reader(scorer)

    def predict(
        self, reviews: pd.DataFrame, params: dict[str, Any] | None = None
    ) -> pd.DataFrame | list[dict[str, Any]]:
        """Score reviews; see `service.contract.Reader.answer`.

        Args:
            reviews: Column ``review``, and ``title`` where there are titles.
            params: ``words``: at most so many that moved each verdict.

        Returns:
            A frame with a row a review. Inside MLflow's server, which would take the frame apart again: the rows.

        Raises:
            MlflowException: A review cannot be scored; a server answers 400.
        """
        try:
            answers = self._reader.answer(reviews, words=int((params or {}).get(WORDS, 0)))
        except InputError as error:
            raise MlflowException(str(error), INVALID_PARAMETER_VALUE) from error
        if os.environ.get(_IN_SERVER) == "true":
            return [dict(zip(answers, row, strict=True)) for row in zip(*answers.values(), strict=True)]
        return pd.DataFrame(answers, index=reviews.index)


def save(model: TextModel, path: Path, description: Model) -> None:
    """Write `model` as an MLflow model.

    Args:
        model: The trained pair.
        path: Must not exist yet.
        description: The MLmodel that is completed and written beside the files.
    """
    files = path.with_name(path.name + "-files") / FILES
    files.mkdir(parents=True)
    save_model(model, files)
    with requirements_of_this_process():
        mlflow.pyfunc.save_model(
            path=str(path),
            loader_module=LOADER,
            data_path=str(files),
            mlflow_model=description,
            signature=SIGNATURE,
            input_example=INPUT_EXAMPLE,
            pip_requirements=_requirements(model),
        )


def _requirements(model: TextModel) -> list[str]:
    """Name what an environment needs to load `model`, beside this project's own code, which no package index has."""
    libraries = {"mlflow": version("mlflow"), "nltk": version("nltk"), **library_versions(model)}
    if "keras" in libraries:
        libraries |= _tensorflow()
    return [f"{name}=={found}" for name, found in libraries.items()]


def _tensorflow() -> dict[str, str]:
    """Name the distribution of TensorFlow that is installed, and its version; which it is depends on the machine."""
    for name in ("tensorflow-cpu", "tensorflow"):
        with suppress(PackageNotFoundError):
            return {name: version(name)}
    return {}


def _load_pyfunc(path: str) -> ReviewModel:
    """Load the files that `save` wrote; MLflow calls this by name."""
    return ReviewModel(load_scorer(Path(path)))
