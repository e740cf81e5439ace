"""Our models in MLflow's ``python_function`` format, without pickle: a directory of our files and a loader's name."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Any

import mlflow.pyfunc
import pandas as pd
from mlflow.models import Model, ModelSignature
from mlflow.types import ColSpec, DataType, Schema

from sentiment.model import TextModel
from sentiment.model_files import library_versions, load_model, save_model
from sentiment.text import join_title

FILES = "files"
DATA = f"data/{FILES}"
"""Where our files lie below an MLflow model."""
LOADER = __name__
SIGNATURE = ModelSignature(
    inputs=Schema(
        [
            ColSpec(DataType.string, "review"),
            ColSpec(DataType.string, "title", required=False),
        ]
    ),
    outputs=Schema(
        [
            ColSpec(DataType.double, "probability"),
            ColSpec(DataType.boolean, "recommended"),
        ]
    ),
)
INPUT_EXAMPLE = pd.DataFrame(
    {"review": ["The fabric is soft and it fits like a dream."], "title": ["My new favourite"]}
)


class ReviewModel:
    """What MLflow calls: reviews in, probabilities and verdicts out.

    Attributes:
        model: The trained pair.
    """

    def __init__(self, model: TextModel) -> None:
        self.model = model

    def predict(self, reviews: pd.DataFrame, params: dict[str, Any] | None = None) -> pd.DataFrame:  # noqa: ARG002
        """Score reviews.

        Args:
            reviews: Column ``review``, and ``title`` where there are titles.
            params: MLflow's own; there are none.

        Returns:
            A row a review: ``probability`` in [0, 1] that the customer recommends the product, and ``recommended``,
            whether that reaches the model's threshold.
        """
        titles = reviews["title"].fillna("") if "title" in reviews else [""] * len(reviews)
        probability = self.model.predict_proba(join_title(titles, reviews["review"]))
        return pd.DataFrame(
            {"probability": probability, "recommended": probability >= self.model.threshold},
            index=reviews.index,
        )


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
    mlflow.pyfunc.save_model(
        path=str(path),
        loader_module=LOADER,
        data_path=str(files),
        mlflow_model=description,
        signature=SIGNATURE,
        input_example=INPUT_EXAMPLE,
        pip_requirements=[
            f"mlflow=={version('mlflow')}",
            *(f"{name}=={found}" for name, found in library_versions(model).items()),
        ],
    )


def _load_pyfunc(path: str) -> ReviewModel:
    """Load the files that `save` wrote; MLflow calls this by name."""
    return ReviewModel(load_model(Path(path)))
