"""What a model is trained on again: the rows it was trained on, and what customers said since of its answers."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd

from sentiment.atomic import write_atomically
from sentiment.errors import InputError
from sentiment.monitoring.window import labels_by_id
from sentiment.phrases import amount
from sentiment.reviews.parsing import BATCH, cells
from sentiment.reviews.schema import Schema
from sentiment.service.predictions import Log


@dataclass(frozen=True)
class Gathered:
    """How many rows there are to train on, and what became of the labels.

    Attributes:
        earlier: Rows that the version was trained and tested on.
        added: Labelled reviews that came since.
        contradicted: Predictions left out because their newest labels say both at the same time.
        without_text: Left out because the text of the prediction was not kept, or is blank.
        repeated: Left out because a review with this very text is there already.
        unknown: Left out because nobody knows the prediction.
    """

    earlier: int
    added: int
    contradicted: int
    without_text: int
    repeated: int
    unknown: int

    def sentence(self) -> str:
        """Say it for people."""
        left_out = [
            (self.contradicted, "with labels of the same time that contradict each other"),
            (self.without_text, "without their text"),
            (self.repeated, "whose text is there already"),
            (self.unknown, "of predictions that nobody knows"),
        ]
        beside = ", ".join(f"{number:,} {why}" for number, why in left_out if number)
        said = f"{amount(self.earlier, 'row')} of before and {self.added:,} labelled since"
        return f"{said}; left out: {beside}" if beside else said

    def counts(self) -> dict[str, int]:
        """Give every number by its name."""
        return asdict(self)


def gather(earlier: pd.DataFrame, log: Log) -> tuple[pd.DataFrame, Gathered]:
    """Put the labelled reviews of a log behind the rows of an earlier training.

    Which of the earlier rows are test rows does not change by it: what is added is a batch of its own, and a fifth of
    it becomes test rows (`reviews.splits`). So there are rows of both times that neither the old nor the new model has
    been trained on.

    Args:
        earlier: As `reviews.reading.read_reviews` gives them.
        log: All that is recorded; labels count whichever version answered.

    Returns:
        The rows, and what became of the labels.
    """
    labels, contradicted = labels_by_id(log.feedback)
    answered = {one.id: one for one in log.predictions}
    known = [(answered[name], said) for name, said in labels.items() if name in answered]
    with_text = [(one, said) for one, said in known if one.review is not None and one.review.strip()]
    there = set(earlier["review"])
    added = {one.review: (one.title or "", said) for one, said in reversed(with_text) if one.review not in there}
    rows = pd.DataFrame(
        {
            "review": list(added),
            "title": [title for title, _ in added.values()],
            "recommended": pd.Series([int(said) for _, said in added.values()], dtype="int64"),
        }
    )
    rows[BATCH] = max((one.time.isoformat(timespec="seconds") for one in log.feedback), default="")
    first = earlier if BATCH in earlier else earlier.assign(**{BATCH: ""})
    together = pd.concat([first, rows.iloc[::-1]], ignore_index=True)
    return together, Gathered(
        earlier=len(earlier),
        added=len(rows),
        contradicted=len(contradicted),
        without_text=len(known) - len(with_text),
        repeated=len(with_text) - len(rows),
        unknown=len(labels) - len(known),
    )


def write_training_file(rows: pd.DataFrame, schema: Schema, folder: Path) -> Path:
    """Write rows as a file that training reads with a schema; the same rows give the same file.

    Args:
        rows: As `gather` gives them.
        schema: Of the version, so that what is trained reads the same columns as it.
        folder: Is made, for its owner alone: what customers wrote lies in it.

    Returns:
        The file, Parquet.
    """
    content = cells(rows, schema).to_parquet(index=False)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"reviews-{hashlib.sha256(content).hexdigest()[:12]}.parquet"
    write_atomically(path, content)
    return path


def require_enough(gathered: Gathered, fewest: int) -> None:
    """Refuse to train again where next to nothing was said since.

    Raises:
        InputError: There are fewer new labelled reviews than `fewest`.
    """
    if gathered.added < fewest:
        raise InputError(
            f"nothing to train on again: {gathered.sentence()}; at least {fewest:,} labelled since expected. "
            "`python run.py monitor labels FILE` and POST /feedback add labels, --fewest changes the number."
        )
