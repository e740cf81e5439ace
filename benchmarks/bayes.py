"""The two Bayes candidates against the article's code, whose cleaning is given to it and whose matrices are dense."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from statistics import median

from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.naive_bayes import BernoulliNB, MultinomialNB

from benchmarks.data import candidate, parts
from benchmarks.timing import Comparison, Growth, at_least, in_a_process
from sentiment.text import get_recipe

THE_ARTICLES = {"bag_of_words": (CountVectorizer, BernoulliNB), "tfidf_bayes": (TfidfVectorizer, MultinomialNB)}


def compare(data: Path, *, short: bool) -> list[Comparison]:
    """Measure both, in processes of their own, alternating; the memory is what comes on top of data and imports."""
    ours, reference = [], []
    for _ in range(3 if short else 5):
        ours.append(in_a_process(__name__, "ours", str(data)))
        reference.append(in_a_process(__name__, "reference", str(data)))
    seconds, theirs = (median(run["seconds"] for run in runs) for runs in (ours, reference))
    memory, their_memory = (median(run["bytes"] for run in runs) for runs in (ours, reference))
    against = "the article's code, dense, cleaned before"
    return [
        # Of few rows the cleaning, which only ours does, takes most of the time, and a dense matrix is small.
        at_least("both Bayes candidates: clean, fit, score", against, seconds, theirs, 0.05 if short else 4),
        at_least("both Bayes candidates: peak memory", against, memory, their_memory, 0.5 if short else 4, "B"),
    ]


def ours(data: Path) -> tuple[float, int]:
    """Clean, vectorise, fit and score, as a run does: one candidate after the other."""
    train, validation, test = parts(data)
    get_recipe("article")  # imports NLTK, as the reference has before its clock runs
    growth, started = Growth(), time.perf_counter()
    for name in THE_ARTICLES:
        candidate(name).fit(train, validation, 0).model.predict_proba(test.documents)
    return time.perf_counter() - started, growth.bytes()


def reference(data: Path) -> tuple[float, int]:
    """Vectorise, fit and score as the article does: all rows at once, as dense arrays."""
    train, _, test = parts(data)
    clean = get_recipe("article")
    cleaned, asked = ([" ".join(clean(text)) for text in part.documents] for part in (train, test))
    growth, started = Growth(), time.perf_counter()
    for vectorizer, classifier in THE_ARTICLES.values():
        words = vectorizer(max_features=3000, ngram_range=(1, 1))
        fitted = classifier(alpha=1).fit(words.fit_transform(cleaned).toarray(), train.labels)
        fitted.predict_proba(words.transform(asked).toarray())
    return time.perf_counter() - started, growth.bytes()


if __name__ == "__main__":
    which, path = sys.argv[1:]
    seconds, size = {"ours": ours, "reference": reference}[which](Path(path))
    sys.stdout.write(json.dumps({"seconds": seconds, "bytes": size}) + "\n")
