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
    """Measure each in processes of their own, alternating; the memory is what comes on top of data and imports."""
    rows = []
    for name in THE_ARTICLES:
        ours, reference = [], []
        for _ in range(3 if short else 5):
            ours.append(in_a_process(__name__, "ours", name, str(data)))
            reference.append(in_a_process(__name__, "reference", name, str(data)))
        seconds, theirs = (median(run["seconds"] for run in runs) for runs in (ours, reference))
        memory, their_memory = (median(run["bytes"] for run in runs) for runs in (ours, reference))
        against = "the article's code, dense, cleaned before"
        # Of few rows the cleaning, which only ours does, takes most of the time, and a dense matrix is small.
        rows.append(at_least(f"{name}: clean, fit, score", against, seconds, theirs, 0.1 if short else 4))
        rows.append(at_least(f"{name}: peak memory", against, memory, their_memory, 0.5 if short else 4, "B"))
    return rows


def ours(name: str, data: Path) -> tuple[float, int]:
    """Clean, vectorise, fit and score."""
    train, validation, test = parts(data)
    growth, started = Growth(), time.perf_counter()
    candidate(name).fit(train, validation, 0).model.predict_proba(test.documents)
    return time.perf_counter() - started, growth.bytes()


def reference(name: str, data: Path) -> tuple[float, int]:
    """Vectorise, fit and score as the article does: all rows at once, as dense arrays."""
    train, _, test = parts(data)
    clean = get_recipe(candidate(name).recipe)
    cleaned, asked = ([" ".join(clean(text)) for text in part.documents] for part in (train, test))
    vectorizer, classifier = THE_ARTICLES[name]
    growth, started = Growth(), time.perf_counter()
    words = vectorizer(max_features=3000, ngram_range=(1, 1))
    fitted = classifier(alpha=1).fit(words.fit_transform(cleaned).toarray(), train.labels)
    fitted.predict_proba(words.transform(asked).toarray())
    return time.perf_counter() - started, growth.bytes()


if __name__ == "__main__":
    which, name, path = sys.argv[1:]
    seconds, size = {"ours": ours, "reference": reference}[which](name, Path(path))
    sys.stdout.write(json.dumps({"seconds": seconds, "bytes": size}) + "\n")
