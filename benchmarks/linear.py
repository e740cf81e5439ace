"""`tfidf_linear` against plain scikit-learn with the same runs of words."""

from __future__ import annotations

from pathlib import Path

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from benchmarks.data import candidate, parts
from benchmarks.timing import Comparison, alternate, at_most


def compare(data: Path, *, short: bool) -> list[Comparison]:
    """Measure clean, vectorise, fit and score; the reference has neither calibration nor a threshold to find."""
    train, validation, test = parts(data)
    linear = candidate("tfidf_linear")
    vectorizer_params = {
        "ngram_range": (1, linear.params["ngrams"]),
        "min_df": linear.params["min_df"],
        "sublinear_tf": True,
    }

    def ours() -> None:
        linear.fit(train, validation, 0).model.predict_proba(test.documents)

    def reference() -> None:
        words = TfidfVectorizer(**vectorizer_params)
        model = LogisticRegression(C=linear.params["c"], max_iter=1000)
        model.fit(words.fit_transform(train.documents), train.labels)
        model.predict_proba(words.transform(test.documents))

    taken, theirs = alternate(ours, reference, repetitions=3 if short else 5)
    against = "TfidfVectorizer and LogisticRegression (lbfgs)"
    return [at_most("tfidf_linear: clean, fit, score", against, taken, theirs, 3 if short else 1.1)]
