"""A linear model on the TF-IDF of runs of words, as numbers alone; and how these lie on disk.

scikit-learn finds such a model. What is found is a list of runs with two numbers each, and little beside: anybody can
read that, no type is built on loading, and a service that asks it starts without scikit-learn.

::

    vectorizer.txt   the runs, one a line
    weights.npy      shape (2, n_runs): how much each weighs in a document, and what it adds to the score
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from sentiment import text
from sentiment.models.calibration import Calibration
from sentiment.models.skops_files import naming_damage
from sentiment.models.vocabulary_files import load_words, save_words

_RUNS, _WEIGHTS = "vectorizer.txt", "weights.npy"
_LONGEST = 9
"""Words of a run; a file that asks for more is not one that was written here."""


class LinearText(NamedTuple):
    """A linear model, ``score = tfidf(document) @ coef + intercept``, and what the score means.

    Attributes:
        recipe: One of `sentiment.text`.
        runs: What is counted: words and runs of them, joined by spaces.
        longest: Words of the longest run that is looked for.
        min_df: Training documents that had each run, at least.
        idf: Shape ``(n_runs,)``: how much each weighs, the rarer the more.
        coef: Shape ``(n_runs,)``.
        intercept: Score of a document without any run.
        calibration: From scores to log-odds of a recommendation.
        threshold: The least probability that counts as a recommendation, in [0, 1].
    """

    recipe: Any
    runs: Sequence[str]
    longest: int
    min_df: int
    idf: NDArray[np.float64]
    coef: NDArray[np.float64]
    intercept: float
    calibration: Calibration
    threshold: float


class _Noted(BaseModel):
    """What else there is to note of a model, as JSON."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    recipe: str
    settings: dict[str, bool | int | float | str]
    longest: int = Field(ge=1, le=_LONGEST)
    min_df: int
    intercept: float
    calibration: Calibration
    threshold: float = Field(ge=0, le=1)
    runs_sha256: str
    weights_sha256: str


def save_linear(model: LinearText, directory: Path) -> dict[str, Any]:
    """Write the runs and their weights into an existing directory; gives what else there is to note, for JSON."""
    content = BytesIO()
    np.save(content, np.stack([model.idf, model.coef]).astype("<f8"), allow_pickle=False)
    (directory / _WEIGHTS).write_bytes(content.getvalue())
    return _Noted(
        recipe=text.recipe_name(model.recipe) or "",
        settings=model.recipe.get_params(),
        longest=model.longest,
        min_df=model.min_df,
        intercept=model.intercept,
        calibration=model.calibration,
        threshold=model.threshold,
        runs_sha256=save_words(model.runs, directory / _RUNS),
        weights_sha256=hashlib.sha256(content.getvalue()).hexdigest(),
    ).model_dump(mode="json")


def load_linear(directory: Path, noted: Any) -> LinearText:
    """Read what `save_linear` wrote.

    Args:
        directory: Has the files.
        noted: What it gave.

    Raises:
        ModelFileError: A file is missing or damaged, or what was noted is not of such a model.
    """
    with naming_damage(directory / "model.json"):
        found = _Noted.model_validate(noted)
        if found.recipe not in text.recipe_names():
            raise ValueError(f"recipe {found.recipe!r} found; one of {', '.join(text.recipe_names())} expected")
        recipe = text.stored_recipe(found.recipe, found.settings)
    runs = load_words(directory / _RUNS, found.runs_sha256)
    with naming_damage(path := directory / _WEIGHTS):
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() != found.weights_sha256:
            raise ValueError("it does not hold the weights that were stored")
        idf, coef = np.load(BytesIO(content), allow_pickle=False).reshape(2, len(runs))
    return LinearText(
        recipe=recipe,
        runs=runs,
        longest=found.longest,
        min_df=found.min_df,
        idf=idf,
        coef=coef,
        intercept=found.intercept,
        calibration=found.calibration,
        threshold=found.threshold,
    )
