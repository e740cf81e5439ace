"""Training on ten and fifty times as many reviews: time and memory may grow with the rows, and no faster."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from benchmarks.data import candidate, noisy
from benchmarks.timing import Comparison, at_most, in_a_process, peak_bytes
from sentiment.reviews.reading import examples, read_reviews, with_text

SPARSE = ("bag_of_words", "tfidf_bayes", "linear_blend", "tfidf_linear")
TIMES = (1, 10, 50)
MOST_BYTES = 4_000_000_000


def compare(data: Path, *, short: bool) -> list[Comparison]:
    """Fit every sparse family on replicated rows with noise in their words, each in a process of its own."""
    names, times, repetitions = (SPARSE[-1:], (1, 4), 3) if short else (SPARSE, TIMES, 1)
    rows = []
    for name in names:
        grown = {count: _least(name, count, data, repetitions) for count in times}
        for count in times[1:]:
            more, one = grown[count], grown[1]
            what = f"{name}: {more['rows']:,} rows"
            against = f"{count} times {one['rows']:,} rows"
            slack = 3 if short else 1
            rows.append(at_most(f"{what}, fit", against, more["seconds"], count * one["seconds"], slack))
            rows.append(at_most(f"{what}, peak memory", against, more["bytes"], count * one["bytes"], slack, "B"))
        rows.append(at_most(f"{what}, peak memory", "4 GB", more["bytes"], MOST_BYTES, 1, "B"))
    return rows


def _least(name: str, count: int, data: Path, repetitions: int) -> dict[str, float]:
    """Fit again and again, and give the run that was disturbed least."""
    runs = [in_a_process(__name__, name, str(count), str(data)) for _ in range(repetitions)]
    return min(runs, key=lambda run: float(run["seconds"]))


if __name__ == "__main__":
    name, count, path = sys.argv[1:]
    reviews = examples(with_text(read_reviews(Path(path))))
    many = noisy(reviews, int(count))
    began = time.perf_counter()
    candidate(name).fit(many, reviews, 0)
    taken = {"rows": len(many.documents), "seconds": time.perf_counter() - began, "bytes": peak_bytes()}
    sys.stdout.write(json.dumps(taken) + "\n")
