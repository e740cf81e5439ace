"""Counting single words and runs of words, and what a `TfidfVectorizer` makes of the counts.

scikit-learn makes a string of every run that it meets, keeps a Python list of all of them, and makes floats of the
counts before it drops the rare ones. Here a run is the number of the one that is a word shorter and the number of its
last word, which NumPy finds for thousands of documents at a time, and eight bytes for each run of a document.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import count
from typing import Any, NamedTuple, TypeGuard

import numpy as np
from numpy.typing import DTypeLike, NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer

_ROWS_A_BLOCK = 8192
_LAST = (1 << 32) - 1
_AS_COUNTED_HERE = {
    "analyzer": "word",
    "binary": False,
    "lowercase": False,
    "norm": "l2",
    "preprocessor": None,
    "smooth_idf": True,
    "stop_words": None,
    "strip_accents": None,
    "sublinear_tf": True,
    "token_pattern": None,
    "use_idf": True,
}


class _Counted(NamedTuple):
    """How often each document has each feature.

    Attributes:
        words: Each word's number among the features.
        runs: The number of each run of words, by ``the number of all but its last word << 32 | that of its last word``.
        indices: Shape ``(n_pairs,)``: numbers of features, one document after the other.
        counts: Shape ``(n_pairs,)``.
        starts: Shape ``(n_documents + 1,)``: where each document begins in the two.
    """

    words: dict[str, int]
    runs: dict[int, int]
    indices: NDArray[np.int32]
    counts: NDArray[np.int32]
    starts: NDArray[np.int64]

    @property
    def features(self) -> int:
        """How many there are."""
        return len(self.words) + len(self.runs)

    def names(self, wanted: NDArray[np.bool_]) -> dict[int, str]:
        """Spell features out; with a run, what it begins with must be wanted too."""
        names = {number: word for word, number in self.words.items() if wanted[number]}
        for run, number in self.runs.items():
            if wanted[number]:
                names[number] = f"{names[run >> 32]} {names[run & _LAST]}"
        return names


def reads(vectorizer: Any) -> TypeGuard[TfidfVectorizer]:
    """Whether a vectorizer is one whose work the functions here can do.

    They do it for runs of words from single ones up, cleaned by a tokenizer alone, with sublinear counts, smoothed
    document frequencies and rows of length 1.
    """
    if type(vectorizer) is not TfidfVectorizer or vectorizer.tokenizer is None or vectorizer.ngram_range[0] != 1:
        return False
    return all(getattr(vectorizer, name) == value for name, value in _AS_COUNTED_HERE.items())


def learn_tfidf(vectorizer: TfidfVectorizer, documents: Sequence[str], dtype: DTypeLike = np.float64) -> csr_matrix:
    """Fit a vectorizer; what it has learned and what it gives are the same as after its own ``fit_transform``.

    Args:
        vectorizer: One that is read here, of words without spaces, with a whole-number ``min_df`` and no other limit.
        documents: To learn from.
        dtype: Of the values.

    Returns:
        Shape ``(n_documents, n_features)``; features in alphabetical order.

    Raises:
        ValueError: No run of words occurs in as many documents as ``min_df``.
    """
    counted = _count(documents, vectorizer.tokenizer, longest=vectorizer.ngram_range[1])
    frequency = np.bincount(counted.indices, minlength=counted.features)
    names = counted.names(frequency >= vectorizer.min_df)  # what a run begins with is at least as frequent
    if not names:
        raise ValueError(f"no run of words occurs in {vectorizer.min_df} of {len(documents)} documents")
    old = sorted(names, key=names.__getitem__)
    idf = inverse_frequency(frequency[old], len(documents))
    vectorizer.vocabulary_ = {names[number]: position for position, number in enumerate(old)}
    vectorizer.idf_ = idf
    new = np.full(counted.features, -1, dtype=np.int32)
    new[old] = np.arange(len(old), dtype=np.int32)
    return _weighted(counted, new, idf.astype(dtype))


def inverse_frequency(frequency: NDArray[np.int64], documents: int) -> NDArray[np.float64]:
    """Weigh features as scikit-learn does: as if one more document had every one, and none with 0.

    Args:
        frequency: Shape ``(n_features,)``: documents that each stands in.
        documents: In all.
    """
    return np.asarray(np.log((1 + documents) / (1 + frequency)) + 1, dtype=np.float64)


def transform(vectorizer: TfidfVectorizer, documents: Sequence[str]) -> csr_matrix:
    """Give what the vectorizer's own ``transform`` gives, in two thirds of the time.

    Args:
        vectorizer: Fitted; one that is read here.
        documents: Any.

    Returns:
        Shape ``(n_documents, n_features)``.
    """
    counted = _count(documents, vectorizer.tokenizer, longest=vectorizer.ngram_range[1])
    names = counted.names(np.ones(counted.features, dtype=bool))
    position = vectorizer.vocabulary_.get
    new = np.fromiter((position(names[number], -1) for number in range(counted.features)), np.int32, counted.features)
    return _weighted(counted, new, vectorizer.idf_)


def document_frequencies(
    documents: Sequence[str], recipe: Callable[[str], list[str]], *, longest: int
) -> tuple[list[str], NDArray[np.int64]]:
    """Count in how many documents each run of words stands; counts of parts add up.

    Args:
        documents: Any.
        recipe: Cleans one into words.
        longest: Words of a run.

    Returns:
        The runs, and a count each.
    """
    counted = _count(documents, recipe, longest=longest)
    frequency = np.bincount(counted.indices, minlength=counted.features)
    names = counted.names(np.ones(counted.features, dtype=bool))
    return [names[number] for number in range(counted.features)], frequency


def number_words(
    documents: Sequence[str], recipe: Callable[[str], list[str]], numbers: dict[str, int]
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Clean documents, and give their words as numbers.

    Args:
        documents: Any.
        recipe: Cleans one into words.
        numbers: Of the words; it has, or makes, one for every word that it is asked for.

    Returns:
        The numbers, one document after the other, and how many each document has.
    """
    number_of = numbers.__getitem__
    words, ends = array("i"), [0]
    for document in documents:
        words.extend(map(number_of, recipe(document)))
        ends.append(len(words))
    return np.frombuffer(words, dtype=np.int32), np.diff(ends)


def _count(documents: Sequence[str], recipe: Callable[[str], list[str]], *, longest: int) -> _Counted:
    number = count().__next__
    words: defaultdict[str, int] = defaultdict(number)
    runs: defaultdict[int, int] = defaultdict(number)
    indices, counts, starts = array("i"), array("i"), array("q", [0])
    for first in range(0, len(documents), _ROWS_A_BLOCK):
        text, lengths = number_words(documents[first : first + _ROWS_A_BLOCK], recipe, words)
        row, column = _runs(text.astype(np.int64), lengths, runs, longest=longest)
        shape = (len(lengths), len(words) + len(runs))
        block = csr_matrix((np.ones(len(row), np.int32), (row, column)), shape)  # adds up what occurs more than once
        indices.frombytes(block.indices.astype(np.int32, copy=False).tobytes())
        counts.frombytes(block.data.tobytes())
        starts.extend((starts[-1] + block.indptr[1:]).tolist())
    return _Counted(words, runs, *(np.frombuffer(part, dtype=part.typecode) for part in (indices, counts, starts)))


def _runs(
    words: NDArray[np.int64], lengths: NDArray[np.int64], runs: defaultdict[int, int], *, longest: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Number every run of words of some documents.

    Args:
        words: Numbers of the documents' words, one document after the other.
        lengths: Words of each document.
        runs: The numbers of runs that are known; new ones are added.
        longest: Words of a run.

    Returns:
        For each occurrence the position of its document, and the number of the run.
    """
    row = np.repeat(np.arange(len(lengths)), lengths)
    rows, columns = [row], [words]
    start, begun = np.arange(len(words)), words
    for last in range(1, longest):
        # Those which have one more word of the same document behind them.
        longer = (start + last < len(words)) & (row[np.minimum(start + last, len(words) - 1)] == row[start])
        start, begun = start[longer], begun[longer]
        found, different = _numbered(begun << 32 | words[start + last])
        begun = np.fromiter(map(runs.__getitem__, different.tolist()), np.int64, len(different))[found]
        rows.append(row[start])
        columns.append(begun)
    return np.concatenate(rows), np.concatenate(columns)


def _weighted(counted: _Counted, new: NDArray[np.int32], idf: NDArray[np.floating]) -> csr_matrix:
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


def _numbered(values: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Number the different values; gives each value's number, and the different ones.

    pandas needs no sorting for it; a service, which counts few documents at a time, has no pandas.
    """
    try:
        from pandas import factorize
    except ImportError:
        different, numbers = np.unique(values, return_inverse=True)
        return numbers, different
    return factorize(values)
