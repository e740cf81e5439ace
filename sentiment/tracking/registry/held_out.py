"""The rows on which versions are compared, and which of them a version has seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sentiment.metrics.fingerprint import fingerprint
from sentiment.models.families.base import Examples
from sentiment.release.promotion import Check
from sentiment.release.registration import SEEN_TAG
from sentiment.release.rows import check_rows
from sentiment.reviews.reading import examples
from sentiment.reviews.seen import seen
from sentiment.text import TITLE_END
from sentiment.tracking.registry import seen_texts
from sentiment.tracking.registry.store import Registry
from sentiment.tracking.registry.version import Version


@dataclass(frozen=True)
class HeldOutRows:
    """The rows on which champion and challenger are compared.

    Attributes:
        examples: Documents and labels.
        rows: The rows' numbers in their file.
        data_sha256: Of the file; a model trained on another file may have been trained on these very rows.
    """

    examples: Examples
    rows: tuple[int, ...]
    data_sha256: str

    def only(self, chosen: NDArray[np.bool_]) -> HeldOutRows:
        """Take some of the rows; `chosen` has the shape ``(n_rows,)``."""
        if chosen.all():
            return self
        positions = np.flatnonzero(chosen).tolist()
        ratings = self.examples.ratings
        kept = Examples(
            [self.examples.documents[position] for position in positions],
            self.examples.labels[chosen],
            None if ratings is None else ratings[chosen],
        )
        return HeldOutRows(kept, tuple(self.rows[position] for position in positions), self.data_sha256)

    @property
    def fingerprint(self) -> str:
        """The same for the same rows with the same labels and texts."""
        return fingerprint(self.rows, self.examples.labels, self.examples.documents)


@dataclass(frozen=True)
class UnseenRows:
    """Test rows that neither of two versions was trained on.

    Attributes:
        left: These.
        left_out: How many others there were.
        unknown: Versions of which it is not known what they were trained on.
    """

    left: HeldOutRows
    left_out: int
    unknown: tuple[str, ...]

    def check(self) -> Check | None:
        """Ask whether enough are left to judge by; None where none was left out and everything is known."""
        labels = np.bincount(self.left.examples.labels, minlength=2)
        return check_rows(labels.tolist(), left_out=self.left_out, unknown=self.unknown)


def held_out_rows(test_rows: pd.DataFrame, *, data_sha256: str) -> HeldOutRows:
    """Take the test rows of a frame of reviews."""
    return HeldOutRows(examples(test_rows), tuple(test_rows["row"].tolist()), data_sha256)


def unseen_rows(
    registry: Registry, test: HeldOutRows, versions: Sequence[Version | None], *, counted: Version | None = None
) -> UnseenRows:
    """Leave out the rows whose text any of some versions was trained on.

    Args:
        registry: Has the versions.
        test: The rows.
        versions: None is no version.
        counted: The one whose rows the gate counts by itself, should it keep no fingerprints.

    Raises:
        TamperedModelError: The fingerprints of a version are not those that were stored.
    """
    texts = [document.rpartition(TITLE_END)[2] for document in test.examples.documents]
    unseen = np.ones(len(texts), dtype=bool)
    unknown = []
    for version in versions:
        if version is None:
            continue
        known = seen_texts.load(version, registry.tracking_uri)
        if known is not None:
            unseen &= ~seen(texts, known)
        elif version is not counted and overlap(version, test) != 0:
            unknown.append(version.version)
    return UnseenRows(test.only(unseen), left_out=int((~unseen).sum()), unknown=tuple(unknown))


def overlap(version: Version, test: HeldOutRows) -> int | None:
    """Count the test rows that the version was trained on; None where that cannot be known.

    Rows that a version with fingerprints has seen were left out before.
    """
    if SEEN_TAG in version.tags:
        return 0
    if version.tags.get("data_sha256") != test.data_sha256:
        return None
    return int(version.tags["train_test_overlap"])
