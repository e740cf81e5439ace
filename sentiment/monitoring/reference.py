"""What a version is compared with: its own answers about rows of its training, drawn as windows are."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict

from sentiment.errors import DamagedReferenceError
from sentiment.models.pair_scorer import scorer_of
from sentiment.models.text_model import TextModel
from sentiment.monitoring.drawing import drawn_as_windows, first_batch
from sentiment.monitoring.repeats import Repeats
from sentiment.monitoring.rows import Rows
from sentiment.service.answers import Answerer


class Reference(BaseModel):
    """The reference of one version; every list but `repeats` has a value per row.

    Attributes:
        version: Of the registered model.
        threshold: Of the version.
        metrics: On the test rows, as they were registered.
        labels: 0 or 1.
        came: Number of reviews in the training's file; 0 in references of earlier versions of this project.
        repeats: Among these: the position of each that repeats a text, and the last position before it with this text.
        digest: SHA-256 of all the rest, as it was made.
    """

    model_config = ConfigDict(frozen=True)

    version: str
    threshold: float
    metrics: dict[str, float]
    probabilities: list[float]
    words: list[int]
    known: list[int]
    titled: list[bool]
    texts: list[str]
    labels: list[int]
    came: int = 0
    repeats: list[tuple[int, int]] = []
    digest: str = ""

    def digested(self) -> str:
        """Give the digest of everything but the digest, as it was stored: without fields that came later."""
        return hashlib.sha256(self.model_dump_json(exclude={"digest"}, exclude_unset=True).encode()).hexdigest()

    def require_whole(self) -> None:
        """Make sure that it is as it was made.

        Raises:
            DamagedReferenceError: It was changed where it is kept.
        """
        if (found := self.digested()) != self.digest:
            raise DamagedReferenceError(
                f"the reference of version {self.version} is not what was made: its digest is {found[:12]}, "
                f"{self.digest[:12] or 'none'} was written beside it. Make it again: "
                f"python run.py monitor --make-reference --version {self.version}"
            )

    def rows(self) -> Rows:
        """Give the rows as the detectors see them."""
        probabilities = np.array(self.probabilities)
        return Rows(
            probabilities=probabilities,
            recommended=probabilities >= self.threshold,
            characters=np.array([len(text) for text in self.texts]),
            words=np.array(self.words),
            known=np.array(self.known),
            titled=np.array(self.titled),
            texts=self.texts,
            labels=np.array(self.labels),
            labelled=np.arange(len(self.labels)),
            repeats=Repeats(self.came, self.repeats) if self.came else None,
        )


def make_reference(
    version: str, model: TextModel, reviews: pd.DataFrame, test: pd.DataFrame, metrics: dict[str, float]
) -> Reference:
    """Score the rows that a version's windows are compared with.

    Args:
        version: Its number.
        model: Its pair.
        reviews: All rows of its training that have text, in the order in which they came.
        test: Its test rows.
        metrics: That were registered with it.
    """
    rows = drawn_as_windows(reviews, test)
    titles, texts = rows["title"].tolist(), rows["review"].tolist()
    came = Repeats.among(first_batch(reviews)["review"])
    answers = Answerer(scorer_of(model)).answer(texts, titles)
    made = Reference(
        version=version,
        threshold=model.threshold,
        metrics=metrics,
        probabilities=[one.probability for one in answers],
        words=[one.words for one in answers],
        known=[one.known_words for one in answers],
        titled=[bool(title.strip()) for title in titles],
        texts=texts,
        labels=rows["recommended"].tolist(),
        came=came.rows,
        repeats=list(came.pairs),
    )
    return made.model_copy(update={"digest": made.digested()})
