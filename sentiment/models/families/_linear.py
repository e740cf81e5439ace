"""What the linear families share: features, soft labels, folds, and from several weightings to one calibrated model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy.sparse import csr_matrix
from scipy.special import expit, logit
from sklearn.base import clone
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from sentiment.metrics.predictions import Floats, Labels
from sentiment.metrics.threshold import best_threshold
from sentiment.models.calibrated_linear import CalibratedLinear, fit_calibration
from sentiment.models.families.base import Examples, FamilyParams, Fitted, Recipe
from sentiment.models.linear_pair import tfidf_of_runs
from sentiment.models.ngrams import learn_tfidf
from sentiment.models.text_model import TextModel

FOLDS = 3
MOST_FOLDED = 150_000
"""Training rows up to which the calibration is cross-validated; with more of them some are held out for it."""
HELD_OUT = 50_000
_UNPENALISED = 1e10


class WordParams(FamilyParams):
    """How documents become features.

    Attributes:
        use_title: Let the recipe read the title in front of the review.
        ngrams: Longest run of words that counts as one feature.
        min_df: Training documents that must have a feature for it to be kept.
    """

    use_title: bool = True
    ngrams: int = Field(default=2, ge=1, le=4)
    min_df: int = Field(default=2, ge=1)


class SoftLabelParams(FamilyParams):
    """How much of the star rating is learned from.

    Attributes:
        soft_labels: Share of a row's target that is the mean label of its rating, in [0, 1]; the rest is its label.
            A rating of three stars, which recommends or does not, then counts as the doubtful case that it is. It is
            read at training time alone, and without effect where a file has no ratings.
    """

    soft_labels: float = Field(default=0.5, ge=0, le=1)

    @property
    def reads_ratings(self) -> bool:
        """Whether the share is above 0."""
        return self.soft_labels > 0


class Weights(NamedTuple):
    """A linear model: ``score = features @ coef + intercept``.

    Attributes:
        coef: Shape ``(n_features,)``.
    """

    coef: Floats
    intercept: float


class Rows(NamedTuple):
    """Training rows as a weighting sees them.

    Attributes:
        features: Shape ``(n_rows, n_features)``.
        labels: Shape ``(n_rows,)``, 0 or 1.
        ratings: Shape ``(n_rows,)``, NaN where a row has none; None where the file has none.
        counts: Shape ``(n_rows,)``: 1 for a row that is learned from, 0 for one that is not, which costs less memory
            than a matrix without it; None where all are.
    """

    features: csr_matrix
    labels: Labels
    ratings: Floats | None
    counts: Floats | None = None

    def take(self, positions: NDArray[np.intp]) -> Rows:
        """Keep the rows at `positions`."""
        ratings = None if self.ratings is None else self.ratings[positions]
        return Rows(self.features[positions], self.labels[positions], ratings)

    def targets(self, soft_labels: float) -> Floats:
        """Mix each label with the mean label of the rows of the same rating; see `SoftLabelParams`."""
        labels = self.labels.astype(np.float64)
        if self.ratings is None or not soft_labels:
            return labels
        targets = labels.copy()
        learned = np.ones(len(labels), dtype=bool) if self.counts is None else self.counts > 0
        for rating in np.unique(self.ratings[learned & ~np.isnan(self.ratings)]):
            same = learned & (self.ratings == rating)
            targets[same] += soft_labels * (labels[same].mean() - labels[same])
        return targets


class Weighting(Protocol):
    """Finds the weights of a linear model; the only thing in which the linear families differ."""

    def __call__(self, rows: Rows, seed: int) -> Weights:
        """Learn from `rows` alone."""


def word_vectorizer(recipe: Recipe, params: WordParams) -> TfidfVectorizer:
    """Make the TF-IDF of runs of words that `params` ask for; not yet fitted."""
    return tfidf_of_runs(reading_titles(recipe, params.use_title), params.ngrams, params.min_df)


def reading_titles(recipe: Recipe, use_title: bool) -> Recipe:
    """Tell a recipe that can read titles whether to; the others only ever read the review."""
    if "use_title" not in recipe.get_params():
        return recipe
    reading: Recipe = clone(recipe).set_params(use_title=use_title)
    return reading


def fit_words(
    weightings: Sequence[Weighting], recipe: Recipe, params: WordParams, train: Examples, seed: int
) -> Fitted:
    """Fit weightings on the TF-IDF of words; see `fit_weightings`."""
    vectorizer = word_vectorizer(recipe, params)
    # Of very many rows, half the memory; the weights are searched for in the same precision then.
    precision = np.float64 if len(train.documents) <= MOST_FOLDED else np.float32
    features = learn_tfidf(vectorizer, train.documents, precision)
    return fit_weightings(weightings, vectorizer, features, train, seed)


def fit_weightings(
    weightings: Sequence[Weighting], vectorizer: TfidfVectorizer, features: csr_matrix, train: Examples, seed: int
) -> Fitted:
    """Fit weightings on all training rows, and make one calibrated linear model of them.

    How much each counts, the calibration and the threshold come from scores of rows that the scoring model was not
    fitted on. A sum of linear models is a linear model: several cost no more at prediction than one.

    Args:
        weightings: One or more.
        vectorizer: Fitted; gave `features`.
        features: Of the training rows, shape ``(n_rows, n_features)``.
        train: The rows.
        seed: Of the folds and the solvers.
    """
    features.sort_indices()
    rows = Rows(features, train.labels, train.ratings)
    asked, held_out = _held_out_scores(weightings, rows, seed)
    return blended(vectorizer, [weigh(rows, seed) for weigh in weightings], held_out, train.labels[asked])


def blended(vectorizer: TfidfVectorizer, fitted: Sequence[Weights], held_out: Floats, labels: Labels) -> Fitted:
    """Make one calibrated linear model of several.

    The two slopes of the calibration meet where the score says no more than the share of class 1 does, which leaves a
    smaller calibration error than meeting at a half.

    Args:
        vectorizer: Fitted.
        fitted: The weights, learned from all rows.
        held_out: Shape ``(n_asked, n_weightings)``: scores by weights that were not learned from the row.
        labels: Shape ``(n_asked,)``.
    """
    shares, shift = _stack(held_out, labels)
    shift -= float(logit(labels.mean()))
    calibration = fit_calibration(held_out @ shares + shift, labels)
    coef = sum(share * weights.coef for share, weights in zip(shares, fitted, strict=True))
    intercept = sum(share * weights.intercept for share, weights in zip(shares, fitted, strict=True)) + shift
    threshold = best_threshold(labels, expit(calibration.log_odds(held_out @ shares + shift)))
    classifier = CalibratedLinear(np.asarray(coef)[None, :], float(intercept), calibration, threshold)
    return Fitted(TextModel(vectorizer, classifier))


def _held_out_scores(weightings: Sequence[Weighting], rows: Rows, seed: int) -> tuple[NDArray[np.intp], Floats]:
    """Ask about rows models that were not fitted on them; gives positions, and ``(n_asked, n_weightings)`` scores."""
    positions, scores = [], []
    for part, asked in _parts(rows, seed):
        features = rows.features[asked]
        fitted = [weigh(part, seed) for weigh in weightings]
        positions.append(asked)
        scores.append(np.column_stack([features @ weights.coef + weights.intercept for weights in fitted]))
    return np.concatenate(positions), np.concatenate(scores)


def _parts(rows: Rows, seed: int) -> Iterator[tuple[Rows, NDArray[np.intp]]]:
    """Part rows into those that are learned from, and the positions of those that are asked about."""
    labels = rows.labels
    if len(labels) <= MOST_FOLDED:
        folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
        yield from ((rows.take(learned), asked) for learned, asked in folds.split(labels, labels))
        return
    asked = np.sort(np.random.default_rng(seed).choice(len(labels), HELD_OUT, replace=False))
    counts = np.ones(len(labels))
    counts[asked] = 0
    yield rows._replace(counts=counts), asked


def _stack(scores: Floats, labels: Labels) -> tuple[Floats, float]:
    """Weigh scores so that their sum is about the log-odds; one that would count against itself counts nothing.

    Source: Breiman, "Stacked regressions" (1996), for the weights that may not be negative.

    Args:
        scores: Shape ``(n_rows, n_weightings)``.
        labels: Shape ``(n_rows,)``.

    Returns:
        The weights, shape ``(n_weightings,)``, and a shift.
    """
    scale = scores.std(axis=0)
    scale[scale == 0] = 1
    kept = list(range(scores.shape[1]))
    while True:
        fitted = LogisticRegression(C=_UNPENALISED, max_iter=1000).fit(scores[:, kept] / scale[kept], labels)
        if len(kept) == 1 or fitted.coef_.min() >= 0:
            break
        kept.pop(int(fitted.coef_.argmin()))
    shares = np.zeros(scores.shape[1])
    shares[kept] = fitted.coef_[0] / scale[kept]
    return shares, float(fitted.intercept_[0])
