"""What every model family has in common."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from sentiment.models.text_model import TextModel


class Recipe(Protocol):
    """A cleaning recipe; see `sentiment.text`."""

    def __call__(self, document: str) -> list[str]:
        """Clean one document into words, in order."""

    def get_params(self) -> dict[str, Any]:
        """Name its settings, as every scikit-learn estimator does."""


class FamilyParams(BaseModel):
    """Hyperparameters of a family; an unknown one, or a number that is not finite, is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @property
    def reads_ratings(self) -> bool:
        """Whether training makes something of the ratings, where there are any."""
        return False


class Examples(NamedTuple):
    """Documents and their labels.

    Attributes:
        documents: As `text.join_title` makes them.
        labels: Shape ``(n_documents,)``, 0 or 1.
        ratings: Shape ``(n_documents,)``: stars, NaN where a customer gave none; None where the file has no such
            column. A family may learn from them, a model never reads them: who asks for a verdict has the text alone.
    """

    documents: list[str]
    labels: NDArray[np.int64]
    ratings: NDArray[np.float64] | None = None


@dataclass(frozen=True)
class Fitted:
    """What training gives.

    Attributes:
        model: The trained pair.
        history: Metric name to its value after each epoch; empty for what does not learn in epochs.
    """

    model: TextModel
    history: dict[str, list[float]] = field(default_factory=dict)
