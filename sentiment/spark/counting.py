"""Naive Bayes from counts that are added up: whole numbers are the same on any number of machines, bit for bit."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.naive_bayes import BernoulliNB, MultinomialNB

from sentiment import text
from sentiment.models import ngrams
from sentiment.models.families.base import Fitted
from sentiment.models.text_model import TextModel
from sentiment.reviews.reading import examples
from sentiment.spark.jobs import frame_on_workers, on_workers, waited
from sentiment.spark.rows import Given, Side, rows_of
from sentiment.training.candidates import Candidate

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import SparkSession

TERMS = "term string, documents long, times long"
FAMILIES: dict[str, tuple[type, type]] = {
    "bag_of_words": (CountVectorizer, BernoulliNB),
    "tfidf_bayes": (TfidfVectorizer, MultinomialNB),
}
"""A vectorizer and a classifier each."""


class Terms(NamedTuple):
    """What all training rows have in them, in alphabetical order.

    Attributes:
        terms: Words, or runs of words.
        documents: Rows that each stands in.
        times: How often each occurs.
    """

    terms: list[str]
    documents: NDArray[np.int64]
    times: NDArray[np.int64]


def fit_counts(session: SparkSession, given: Given, candidate: Candidate, documents: int) -> Fitted:
    """Fit a naive Bayes family.

    Args:
        session: Whose workers.
        given: All rows.
        candidate: Of one of `FAMILIES`.
        documents: Training rows.
    """
    vectorizer_type, classifier_type = FAMILIES[candidate.family]
    params = candidate.params
    vectorizer = vectorizer_type(analyzer=text.get_recipe(candidate.recipe), max_features=params["max_features"])
    counted = frame_on_workers(session, partial(_count_words, given, candidate), len(given.parts), TERMS)
    _learn_words(vectorizer, gathered(session, counted, least=1), documents)
    classifier = classifier_type(alpha=params["alpha"])
    answers = on_workers(session, partial(_count_classes, given, vectorizer, classifier), len(given.parts))
    parts = [unpacked(answer) for answer in answers]
    features, classes = (np.sum([part[name] for part in parts], axis=0) for name in ("features", "classes"))
    add_counts(classifier, features, classes)
    return Fitted(TextModel(vectorizer, classifier))


def gathered(session: SparkSession, counted: Any, *, least: int) -> Terms:
    """Add up counts of terms on the workers, and fetch those that stand in enough documents.

    Args:
        session: Whose workers.
        counted: A frame with the columns of `TERMS`, of which a term may have several rows.
        least: Documents.
    """
    summed = counted.groupBy("term").agg({"documents": "sum", "times": "sum"})
    kept = summed.where(summed["sum(documents)"] >= least)
    table = waited(session, kept.toArrow).sort_by("term")
    return Terms(
        table["term"].to_pylist(),
        table["sum(documents)"].to_numpy(),
        table["sum(times)"].to_numpy(),
    )


def add_counts(classifier: Any, features: NDArray[np.float64], classes: NDArray[np.float64]) -> None:
    """Make a naive Bayes classifier of scikit-learn's of counts.

    Args:
        classifier: Not fitted.
        features: Shape ``(2, n_features)``: sums of each feature over the rows of each class.
        classes: Shape ``(2,)``: rows of each class.
    """
    classifier.classes_ = np.array([0, 1])
    classifier.n_features_in_ = features.shape[1]
    # One more row of each class, without any feature, has it work its logarithms out; so one less of each goes before.
    classifier.feature_count_, classifier.class_count_ = features, classes - 1
    classifier.partial_fit(csr_matrix((2, features.shape[1])), classifier.classes_)


def packed(**arrays: NDArray[Any]) -> bytes:
    """Write arrays as bytes, for the way from a worker to the driver."""
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **arrays)
    return file.getvalue()


def unpacked(content: bytes) -> dict[str, NDArray[Any]]:
    """Read what `packed` wrote."""
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return dict(arrays)


def _count_words(given: Given, candidate: Candidate, number: int) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    recipe = text.get_recipe(candidate.recipe)
    documents: Counter[str] = Counter()
    times: Counter[str] = Counter()
    for document in examples(rows_of(given, number, Side.TRAINING)).documents:
        words = recipe(document)
        times.update(words)
        documents.update(set(words))
    counts = [documents[term] for term in times]
    yield pa.RecordBatch.from_pydict({"term": list(times), "documents": counts, "times": list(times.values())})


def _count_classes(given: Given, vectorizer: Any, classifier: Any, number: int) -> bytes:
    rows = examples(rows_of(given, number, Side.TRAINING))
    if not rows.documents:
        width = len(vectorizer.vocabulary_)
        return packed(features=np.zeros((2, width)), classes=np.zeros(2))
    counted = classifier.partial_fit(vectorizer.transform(rows.documents), rows.labels, classes=[0, 1])
    return packed(features=counted.feature_count_, classes=counted.class_count_)


def _learn_words(vectorizer: Any, found: Terms, documents: int) -> None:
    """Keep the commonest words, as scikit-learn does, and among equally common ones those that it would keep."""
    times = found.times.astype(vectorizer.dtype)
    limit = vectorizer.max_features
    kept = np.sort((-times).argsort()[:limit]) if limit < len(times) else np.arange(len(times))
    vectorizer.fixed_vocabulary_ = False
    vectorizer.vocabulary_ = {found.terms[old]: new for new, old in enumerate(kept)}
    if isinstance(vectorizer, TfidfVectorizer):
        vectorizer.idf_ = ngrams.inverse_frequency(found.documents[kept], documents)
