"""Linear models whose rows stay on the workers: the search for the weights asks them for sums.

The features of the training rows are made once and kept on the workers' disks, by Spark, which makes those of a lost
worker again. For each step of the search every worker adds up its rows' share of the loss and of the gradient, and the
driver adds up theirs: it is the search of one machine, and finds the same optimum.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.naive_bayes import ComplementNB

from sentiment import text
from sentiment.errors import ConfigError, InputError
from sentiment.metrics.predictions import Floats
from sentiment.models import ngrams
from sentiment.models.families import linear_blend, tfidf_linear
from sentiment.models.families._linear import (
    HELD_OUT,
    Weights,
    WordParams,
    blended,
    word_vectorizer,
)
from sentiment.models.families._logistic import Sums, logistic_sums, search_weights
from sentiment.models.families.base import FamilyParams, Fitted
from sentiment.models.families.complement_bayes import ComplementBayes
from sentiment.models.families.nb_linear import NbLinear, documents_with, ratio_of
from sentiment.reviews.reading import examples
from sentiment.spark.blocks import Block, Blocks, blocks_of
from sentiment.spark.counting import TERMS, add_counts, gathered
from sentiment.spark.jobs import frame_on_workers
from sentiment.spark.rows import Given, Side, rows_of
from sentiment.training.candidates import Candidate

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import SparkSession

FAMILIES = ("complement_bayes", "linear_blend", "nb_linear", "tfidf_linear")
_MOST_ASKED = 1 / 3


def members_of(candidate: Candidate) -> list[FamilyParams]:
    """Give what a candidate's weights are found by.

    Raises:
        ConfigError: One of them cannot be found on Spark.
    """
    settings = candidate.settings
    members: list[Any] = settings.members if isinstance(settings, linear_blend.Params) else [settings]
    for member in members:
        if not isinstance(member, (NbLinear, ComplementBayes, tfidf_linear.Params)):
            raise ConfigError(
                f"candidate {candidate.name!r}: the weights of {type(member).__name__} are not found by Spark"
            )
    return list(members)


def fit_linear(session: SparkSession, given: Given, candidate: Candidate, documents: int) -> Fitted:
    """Fit a linear family.

    Args:
        session: Whose workers.
        given: All rows.
        candidate: Of one of `FAMILIES`.
        documents: Training rows.

    Raises:
        InputError: No run of words stands in enough documents.
    """
    params: Any = candidate.settings
    members = members_of(candidate)
    vectorizer = _vectorizer(session, given, candidate, params, documents)
    share = min(_MOST_ASKED, HELD_OUT / documents)
    with blocks_of(session, given, vectorizer, share) as blocks:
        without = [_weights(member, blocks, whole=False) for member in members]
        answers = blocks.each(partial(_ask, without))
        fitted = [
            _weights(member, blocks, whole=True, begin=begin) for member, begin in zip(members, without, strict=True)
        ]
    labels = answers["labels"].astype(np.int64)
    if isinstance(members[0], tfidf_linear.Params):
        return tfidf_linear.calibrated(vectorizer, fitted[0], answers["scores"][:, 0], labels)
    return blended(vectorizer, fitted, answers["scores"], labels)


def _vectorizer(
    session: SparkSession, given: Given, candidate: Candidate, params: WordParams, documents: int
) -> TfidfVectorizer:
    """Learn the vocabulary and how rare each of it is."""
    vectorizer = word_vectorizer(text.get_recipe(candidate.recipe), params)
    counted = frame_on_workers(session, partial(_count_runs, given, vectorizer), len(given.parts), TERMS)
    found = gathered(session, counted, least=params.min_df)
    if not found.terms:
        raise InputError(
            f"candidate {candidate.name!r}: no run of words occurs in {params.min_df} of {documents:,} training rows"
        )
    vectorizer.vocabulary_ = {term: position for position, term in enumerate(found.terms)}
    vectorizer.idf_ = ngrams.inverse_frequency(found.documents, documents)
    return vectorizer


def _count_runs(given: Given, vectorizer: TfidfVectorizer, number: int) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    rows = examples(rows_of(given, number, Side.TRAINING))
    longest = vectorizer.ngram_range[1]
    terms, documents = ngrams.document_frequencies(rows.documents, vectorizer.tokenizer, longest=longest)
    yield pa.RecordBatch.from_pydict({"term": terms, "documents": documents, "times": documents})


def _ask(weights: Sequence[Weights], block: Block) -> dict[str, NDArray[Any]]:
    asked = block.learned == 0
    features = block.features[asked]
    scores = np.column_stack([features @ one.coef + one.intercept for one in weights])
    return {"scores": scores, "labels": block.labels[asked]}


def _weights(member: FamilyParams, blocks: Blocks, *, whole: bool, begin: Weights | None = None) -> Weights:
    """Learn from all rows, or from those that are not asked about."""
    if isinstance(member, ComplementBayes):
        found = blocks.sums(partial(_sum_classes, whole))
        classifier = ComplementNB(alpha=member.smoothing)
        add_counts(classifier, found["features"], found["classes"])
        return Weights(np.asarray(classifier.feature_log_prob_[1] - classifier.feature_log_prob_[0]), 0.0)
    means = _means(blocks, whole) if isinstance(member, NbLinear) and member.soft_labels else {}
    targets = Targets(whole, getattr(member, "soft_labels", 0.0), means)
    scale = None
    if isinstance(member, NbLinear):
        found = blocks.sums(partial(_sum_documents, targets))
        scale = np.abs(ratio_of(found["positive"], found["negative"], member.alpha)) ** member.damping
    rows = blocks.rows if whole else blocks.rows - blocks.held_out

    def sums(coef: Floats, intercept: float) -> Sums:
        sent = blocks.session.sparkContext.broadcast(coef)
        try:
            found = blocks.sums(partial(_sum_losses, targets, sent, intercept))
        finally:
            sent.destroy()
        return Sums(float(found["loss"]), found["gradient"], float(found["missed"]))

    c: float = member.c  # type: ignore[attr-defined]  # the linear families have it
    return search_weights(sums, rows, blocks.features, c, scale, begin)


class Targets(NamedTuple):
    """What is learned from which rows.

    Attributes:
        whole: Whether from those too that are asked about first.
        soft_labels: As in `models.families._linear.SoftLabelParams`.
        means: The mean label of the rows of each rating.
    """

    whole: bool
    soft_labels: float
    means: dict[float, float]

    def of(self, block: Block) -> tuple[Floats, Floats]:
        """Give the targets of rows, and how often each counts."""
        targets = block.labels.copy()
        for rating, mean in self.means.items():
            same = block.ratings == rating
            targets[same] += self.soft_labels * (mean - block.labels[same])
        return targets, np.ones_like(block.learned) if self.whole else block.learned


def _sum_losses(targets: Targets, sent: Any, intercept: float, block: Block) -> dict[str, NDArray[Any]]:
    wanted, counts = targets.of(block)
    found = logistic_sums(block.features, wanted, counts, sent.value, intercept)
    return {
        "loss": np.array(found.loss),
        "gradient": found.gradient.astype(np.float64),
        "missed": np.array(found.missed),
    }


def _sum_documents(targets: Targets, block: Block) -> dict[str, NDArray[Any]]:
    positive, negative = documents_with(block.features, *targets.of(block))
    return {"positive": positive.astype(np.float64), "negative": negative.astype(np.float64)}


def _sum_classes(whole: bool, block: Block) -> dict[str, NDArray[Any]]:
    counts = np.ones_like(block.learned) if whole else block.learned
    weights = np.stack([counts * (block.labels == label) for label in (0, 1)])
    return {"features": np.asarray((block.features.T @ weights.T).T, dtype=np.float64), "classes": weights.sum(axis=1)}


def _means(blocks: Blocks, whole: bool) -> dict[float, float]:
    """Give the mean label of the rows of each rating."""
    found = blocks.each(partial(_rate, whole))
    rows: dict[float, list[float]] = {}
    for rating, count, positive in zip(found["ratings"], found["rows"], found["positive"], strict=True):
        total = rows.setdefault(float(rating), [0.0, 0.0])
        total[0] += count
        total[1] += positive
    return {rating: positive / count for rating, (count, positive) in rows.items() if count}


def _rate(whole: bool, block: Block) -> dict[str, NDArray[Any]]:
    counts = np.ones_like(block.learned) if whole else block.learned
    ratings, of = np.unique(block.ratings, return_inverse=True)
    known = ~np.isnan(ratings)
    rows = np.bincount(of, counts, len(ratings))
    positive = np.bincount(of, counts * block.labels, len(ratings))
    return {"ratings": ratings[known], "rows": rows[known], "positive": positive[known]}
