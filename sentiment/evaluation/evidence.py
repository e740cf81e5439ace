"""What stands behind an evaluation's numbers: every prediction of the test rows, the telling words, the worst rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from sentiment.evaluation.comparison import Evaluation
from sentiment.metrics.predictions import Predictions, check_predictions
from sentiment.models.explain import TellingWords, telling_words
from sentiment.models.text_model import TextModel

WORST = 20
LONGEST_TEXT = 1_000


class WorstRow(BaseModel):
    """A test row on which the model was wrong.

    Attributes:
        row: Its number in the file.
        title: Of the review; empty where there is none.
        review: Its text, cut after 1,000 characters.
        recommended: What the customer said.
        probability: What the model gave for a recommendation, in [0, 1].
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    row: int
    title: str
    review: str
    recommended: bool
    probability: float


class WorstRows(BaseModel):
    """The test rows on which a model was wrong and surest of itself, the worst first.

    Attributes:
        candidate: Name of the model's.
        threshold: The least probability that counts as a recommendation.
        scored: Test rows in all.
        wrong: Test rows with a wrong verdict, of which `rows` are the worst.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    candidate: str
    threshold: float
    scored: int
    wrong: int
    rows: tuple[WorstRow, ...]


class Evidence(BaseModel):
    """What one candidate said about the test rows, and by which words it goes.

    Attributes:
        evaluation: The numbers.
        labels: Of the test rows, in order: 1 where the customer recommends.
        probabilities: What the model gave for them.
        words: None for a family that cannot tell.
        worst: Where it was most wrong.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    evaluation: Evaluation
    labels: tuple[int, ...]
    probabilities: tuple[float, ...]
    words: TellingWords | None
    worst: WorstRows

    @property
    def predictions(self) -> Predictions:
        """The test rows as metrics and pictures take them."""
        return check_predictions(self.labels, self.probabilities, self.evaluation.threshold)


def gather_evidence(
    evaluation: Evaluation, model: TextModel, test_rows: pd.DataFrame, probabilities: NDArray[np.float64]
) -> Evidence:
    """Gather what stands behind the numbers of a candidate.

    Args:
        evaluation: Of the candidate.
        model: The trained pair.
        test_rows: As `reviews.reading.read_reviews` gives them.
        probabilities: What `model` gave for them, shape ``(n_test,)``.
    """
    return Evidence(
        evaluation=evaluation,
        labels=tuple(test_rows["recommended"].tolist()),
        probabilities=tuple(probabilities.tolist()),
        words=telling_words(model),
        worst=worst_rows(evaluation.name, evaluation.threshold, test_rows, probabilities),
    )


def worst_rows(
    candidate: str, threshold: float, test_rows: pd.DataFrame, probabilities: NDArray[np.float64], most: int = WORST
) -> WorstRows:
    """Find the rows whose verdict is wrong and whose probability is furthest from the truth.

    Args:
        candidate: Name of the model's.
        threshold: Of the model.
        test_rows: As `reviews.reading.read_reviews` gives them.
        probabilities: What the model gave for them, shape ``(n_test,)``.
        most: At most so many rows; among equals the earlier comes first.
    """
    labels = test_rows["recommended"].to_numpy()
    wrong = np.flatnonzero((probabilities >= threshold) != (labels == 1))
    order = wrong[np.argsort(-np.abs(probabilities - labels)[wrong], kind="stable")][:most]
    return WorstRows(
        candidate=candidate,
        threshold=threshold,
        scored=len(labels),
        wrong=len(wrong),
        rows=tuple(
            WorstRow(
                row=int(found["row"]),
                title=_cut(found["title"]),
                review=_cut(found["review"]),
                recommended=bool(found["recommended"]),
                probability=float(probability),
            )
            for (_, found), probability in zip(test_rows.iloc[order].iterrows(), probabilities[order], strict=True)
        ),
    )


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"
