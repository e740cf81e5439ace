"""Learning a `TfidfVectorizer` in one pass that needs eight bytes for each word of a document.

scikit-learn's own ``fit_transform`` keeps a Python list of all of them, and makes floats of the counts before it drops
the rare ones: with two million different pairs of words that is most of the memory of a fit.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer

from sentiment.families.base import Recipe

_ROWS_A_BLOCK = 8192


class _Counted(NamedTuple):
    """How often each document has each feature.

    Attributes:
        features: Names in the order in which they were first met.
        indices: Shape ``(n_pairs,)``: positions in `features`, one document after the other.
        counts: Shape ``(n_pairs,)``.
        starts: Shape ``(n_documents + 1,)``: where each document begins in the two.
    """

    features: list[str]
    indices: NDArray[np.intc]
    counts: NDArray[np.intc]
    starts: NDArray[np.int64]


def learn_tfidf(vectorizer: TfidfVectorizer, documents: Sequence[str], dtype: DTypeLike = np.float64) -> csr_matrix:
    """Fit a vectorizer; what it has learned and what it gives are the same as after its own ``fit_transform``.

    Args:
        vectorizer: Of runs of words from single ones up, with a tokenizer, a whole-number ``min_df``, sublinear counts,
            smoothed document frequencies and rows of length 1.
        documents: To learn from.
        dtype: Of the values.

    Returns:
        Shape ``(n_documents, n_features)``; features in alphabetical order.

    Raises:
        ValueError: No run of words occurs in as many documents as ``min_df``.
    """
    counted = _count(documents, vectorizer.tokenizer, longest=vectorizer.ngram_range[1])
    frequency = np.bincount(counted.indices, minlength=len(counted.features))
    kept = sorted(
        (name, position) for position, name in enumerate(counted.features) if frequency[position] >= vectorizer.min_df
    )
    if not kept:
        raise ValueError(f"no run of words occurs in {vectorizer.min_df} of {len(documents)} documents")
    old = np.fromiter((position for _, position in kept), np.intp, len(kept))
    # As scikit-learn's: one more document that has every word, and none of weight 0.
    idf = np.log((1 + len(documents)) / (1 + frequency[old])) + 1
    vectorizer.vocabulary_ = {name: position for position, (name, _) in enumerate(kept)}
    vectorizer.idf_ = idf
    new = np.full(len(counted.features), -1, dtype=np.intc)
    new[old] = np.arange(len(kept), dtype=np.intc)
    return _weighted(counted, new, idf.astype(dtype))


def _count(documents: Sequence[str], recipe: Recipe, *, longest: int) -> _Counted:
    numbers: defaultdict[str, int] = defaultdict()
    numbers.default_factory = numbers.__len__
    number_of: Callable[[str], int] = numbers.__getitem__
    indices, counts, starts = array("i"), array("i"), array("q", [0])
    for document in documents:
        words = recipe(document)
        runs = words.copy()
        for length in range(2, longest + 1):
            runs += map(" ".join, zip(*(words[start:] for start in range(length)), strict=False))
        counter = Counter(map(number_of, runs))
        indices.extend(counter)
        counts.extend(counter.values())
        starts.append(len(indices))
    return _Counted(list(numbers), *(np.frombuffer(part, dtype=part.typecode) for part in (indices, counts, starts)))


def _weighted(counted: _Counted, new: NDArray[np.intc], idf: NDArray[np.floating]) -> csr_matrix:
    """Drop the features whose new position is -1, and weight the others; a block of documents at a time."""
    indices, counts, starts = counted.indices, counted.counts, counted.starts
    data = np.empty(len(indices), dtype=idf.dtype)
    rows = len(starts) - 1
    ends = np.zeros(rows + 1, dtype=np.int64)
    written = 0
    for first in range(0, rows, _ROWS_A_BLOCK):
        last = min(first + _ROWS_A_BLOCK, rows)
        block = slice(starts[first], starts[last])
        columns = new[indices[block]]
        known = columns >= 0
        row = np.repeat(np.arange(last - first), np.diff(starts[first : last + 1]))[known]
        columns = columns[known]
        values = (1 + np.log(counts[block][known])).astype(idf.dtype) * idf[columns]
        length = np.sqrt(np.bincount(row, values**2, last - first))
        end = written + len(columns)
        indices[written:end] = columns  # in place: never ahead of what is still to be read
        data[written:end] = values / length[row]
        ends[first + 1 : last + 1] = written + np.cumsum(np.bincount(row, minlength=last - first))
        written = end
    return csr_matrix((data[:written], indices[:written], ends), shape=(rows, len(idf)))
