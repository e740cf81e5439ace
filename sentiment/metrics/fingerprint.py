"""Are two models' numbers of the same rows?"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike


def fingerprint(row_ids: Sequence[Any], labels: ArrayLike, documents: Sequence[str] | None = None) -> str:
    """Hash what makes scored rows the same rows: which they are, their order, labels and, where given, texts.

    Args:
        row_ids: Whole numbers or strings, one a row.
        labels: Shape ``(n_rows,)``.
        documents: What the models read, one a row.

    Returns:
        SHA-256 in hexadecimal. Reports are comparable when it is equal: the order counts, since two models'
        probabilities are paired by it.

    Raises:
        ValueError: The lengths differ.
    """
    ids, truth = np.asarray(row_ids).tolist(), np.asarray(labels).astype(np.int64).tolist()
    columns = (ids, truth) if documents is None else (ids, truth, documents)
    digest = hashlib.sha256()
    for row in zip(*columns, strict=True):
        digest.update(json.dumps(row).encode() + b"\n")  # JSON keeps ["a", "b"] and ["ab", ""] apart
    return digest.hexdigest()
