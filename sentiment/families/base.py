"""What every model family has in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from sentiment.model import TextModel

Recipe = Callable[[str], list[str]]


class FamilyParams(BaseModel):
    """Hyperparameters of a family; an unknown one is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Examples(NamedTuple):
    """Documents and their labels.

    Attributes:
        documents: As `text.join_title` makes them.
        labels: Shape ``(n_documents,)``, 0 or 1.
    """

    documents: list[str]
    labels: NDArray[np.int64]


@dataclass(frozen=True)
class Fitted:
    """What training gives.

    Attributes:
        model: The trained pair.
        history: Metric name to its value after each epoch; empty for what does not learn in epochs.
    """

    model: TextModel
    history: dict[str, list[float]] = field(default_factory=dict)
