"""Which words reviews use: can a classifier tell the window from the reference?

Naive Bayes on which words occur, fitted on one half of the rows and asked about the other, both ways. Its area under
the ROC curve is 0.5 where nothing has changed. How large it gets by chance is found by permutation: the same rows with
the two names dealt out anew, for a number of rows that is fixed, so that the number of rows does not decide.

Source: Lopez-Paz and Oquab, "Revisiting classifier two-sample tests" (2017); Ojala and Garriga, "Permutation tests for
studying classifier performance" (2010).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.stats import rankdata
from sklearn.feature_extraction.text import CountVectorizer

from sentiment.monitoring.finding import Finding
from sentiment.monitoring.rows import Rows, words_of

NAME = "words"
MOST_ROWS = 500
"""Of either side; with more rows no test would be surer, only slower."""
PERMUTATIONS = 2_000
FEWEST_REVIEWS = 3
"""That have a word, for it to be looked at."""
_AT_ONCE = 125
_ENOUGH_ABOVE = 20
"""Where chance did as well so often, it is no change, and no more is drawn (Besag and Clifford, "Sequential Monte Carlo
p-values", 1991)."""
_NAMED = 8

Floats = NDArray[np.float64]


class Occurrences(NamedTuple):
    """Which words occur in as many rows of either side.

    Attributes:
        features: Shape ``(n_rows, n_words)``, 0 or 1.
        names: The words, shape ``(n_words,)``.
        is_window: Shape ``(n_rows,)``, 1 for the window's rows and 0 for the reference's.
    """

    features: csr_matrix
    names: NDArray[np.object_]
    is_window: Floats


def occurrences(window: Rows, reference: Rows, chance: np.random.Generator) -> Occurrences | None:
    """Draw at most `MOST_ROWS` of either side; None where texts were not kept, or no word occurs often enough."""
    if window.texts is None or reference.texts is None:
        return None
    rows = min(MOST_ROWS, len(window), len(reference))
    texts = [_drawn(side, rows, chance) for side in (window.texts, reference.texts)]
    vectorizer = CountVectorizer(analyzer=lambda text: set(words_of(text)), min_df=FEWEST_REVIEWS, dtype=np.float64)
    try:
        features = vectorizer.fit_transform([*texts[0], *texts[1]])
    except ValueError:  # no word is left
        return None
    return Occurrences(features, vectorizer.get_feature_names_out(), np.repeat([1.0, 0.0], rows))


def test(window: Rows, reference: Rows, seed: int) -> Finding | None:
    """Compare the words; None where there are none, as `occurrences` has it."""
    chance = np.random.default_rng(seed)
    drawn = occurrences(window, reference, chance)
    if drawn is None:
        return None
    features, names, is_window = drawn
    fold = chance.permutation(len(is_window)) % 2 == 0
    (found,) = _areas(features, is_window[:, None], fold)
    above = dealt = 0
    while dealt < PERMUTATIONS and above < _ENOUGH_ABOVE:
        by_chance = _areas(features, chance.permuted(np.tile(is_window, (_AT_ONCE, 1)), axis=1).T, fold)
        above, dealt = above + int((by_chance >= found).sum()), dealt + _AT_ONCE
    return Finding(
        name=NAME,
        kind="text",
        window=float(found),
        reference=0.5,
        p_value=(1 + above) / (1 + dealt),
        detail=_telling(features, names, is_window),
    )


def _drawn(texts: Sequence[str], rows: int, chance: np.random.Generator) -> list[str]:
    return [texts[position] for position in chance.choice(len(texts), rows, replace=False)]


def _areas(features: csr_matrix, is_window: Floats, fold: NDArray[np.bool_]) -> Floats:
    """Give the area under the ROC curve for each column of names.

    Args:
        features: Shape ``(n_rows, n_words)``, 0 or 1.
        is_window: Shape ``(n_rows, n_columns)``, 0 or 1.
        fold: Shape ``(n_rows,)``: which half a row is in.
    """
    areas = []
    for half in (fold, ~fold):
        scores = features[~half] @ _log_ratios(features[half], is_window[half])
        areas.append(_area(scores, is_window[~half]))
    return np.asarray(np.mean(areas, axis=0))


def _log_ratios(features: csr_matrix, is_window: Floats) -> Floats:
    """How much commoner each word is in the window, smoothed; shape ``(n_words, n_columns)``."""
    inside, outside = features.T @ is_window, features.T @ (1 - is_window)
    rows = is_window.sum(axis=0)
    return np.asarray(
        np.log((inside + 1) / (rows + 2)) - np.log((outside + 1) / (len(is_window) - rows + 2)), dtype=np.float64
    )


def _area(scores: Floats, is_window: Floats) -> Floats:
    ranks = rankdata(scores, axis=0)
    positive = is_window.sum(axis=0)
    negative = len(is_window) - positive
    return np.asarray(((ranks * is_window).sum(axis=0) - positive * (positive + 1) / 2) / (positive * negative))


def _telling(features: csr_matrix, names: NDArray[np.object_], is_window: Floats) -> str:
    """Name the words that tell most, commoner ones first."""
    inside, outside = features.T @ is_window, features.T @ (1 - is_window)
    differences = (inside - outside) / np.sqrt(inside + outside)
    order = np.argsort(-differences)
    more = [str(names[position]) for position in order[:_NAMED] if differences[position] > 0]
    fewer = [str(names[position]) for position in order[::-1][:_NAMED] if differences[position] < 0]
    return f"more often: {', '.join(more)}; less often: {', '.join(fewer)}"
