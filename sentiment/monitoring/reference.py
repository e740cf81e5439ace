"""What a version is compared with: its own answers about the test rows, which it was never fitted on."""

from __future__ import annotations

import hashlib

import numpy as np
from pydantic import BaseModel, ConfigDict

from sentiment.errors import DamagedReferenceError
from sentiment.models.pair_scorer import scorer_of
from sentiment.models.text_model import TextModel
from sentiment.monitoring.rows import Rows
from sentiment.service.answers import Answerer
from sentiment.text import TITLE_END


class Reference(BaseModel):
    """The reference of one version; every list has a value a test row.

    Attributes:
        version: Of the registered model.
        threshold: Of the version.
        metrics: On the test rows, as they were registered.
        labels: 0 or 1.
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
    digest: str = ""

    def digested(self) -> str:
        """Give the digest of everything but the digest."""
        return hashlib.sha256(self.model_dump_json(exclude={"digest"}).encode()).hexdigest()

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
        )


def make_reference(
    version: str, model: TextModel, documents: list[str], labels: list[int], metrics: dict[str, float]
) -> Reference:
    """Ask a version about its test rows.

    Args:
        version: Its number.
        model: Its pair.
        documents: Of the test rows, as `text.join_title` makes them.
        labels: Of the test rows, 0 or 1.
        metrics: That were registered with it.
    """
    parts = [document.rpartition(TITLE_END) for document in documents]
    titles, texts = [title for title, _, _ in parts], [text for _, _, text in parts]
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
        labels=labels,
    )
    return made.model_copy(update={"digest": made.digested()})
