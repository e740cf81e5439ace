"""`score` against a plain loop over pandas chunks; and its memory on a file of millions of rows."""

from __future__ import annotations

import csv
import json
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path

import pandas as pd

from benchmarks.data import candidate, parts
from benchmarks.timing import Comparison, alternate, at_least, at_most, in_a_process, peak_bytes
from sentiment.models.files import load_scorer, save_model
from sentiment.models.text_model import TextModel
from sentiment.reviews.reading import read_reviews, with_text
from sentiment.scoring.files import score_file
from sentiment.scoring.order import Order
from sentiment.text import join_title

ROWS = 200_000
MANY_ROWS = 5_000_000
MOST_BYTES = 1_000_000_000


def compare(data: Path, *, short: bool) -> list[Comparison]:
    """Measure reading, scoring and writing of one file three ways."""
    with tempfile.TemporaryDirectory() as folder:
        train, validation, _ = parts(data)
        model = candidate("tfidf_linear").fit(train, validation, 0).model
        stored, source = Path(folder) / "model", Path(folder) / "in.csv"
        stored.mkdir()
        save_model(model, stored)
        count = write_rows(data, source, ROWS // 20 if short else ROWS)
        loop, one, two = alternate(
            lambda: plain_loop(model, source, Path(folder) / "loop.csv"),
            lambda: _score(stored, source, 1),
            lambda: _score(stored, source, 2),
            repetitions=2 if short else 5,
        )
    against = "a loop over pandas chunks, one core"
    return [
        at_least(f"score, {count:,} rows", against, one, loop, 0.5 if short else 0.8),
        at_least(f"score --workers 2, {count:,} rows", against, two, loop, 0.5 if short else 1.6),
    ]


def compare_memory(data: Path, *, short: bool) -> list[Comparison]:
    """Measure the peak memory of scoring millions of rows, in a process of its own."""
    peak = in_a_process(__name__, str(data), str(MANY_ROWS // 100 if short else MANY_ROWS))
    return [at_most(f"score, {peak['rows']:,} rows: peak memory", "1 GB", peak["bytes"], MOST_BYTES, 1, "B")]


def plain_loop(model: TextModel, source: Path, destination: Path) -> None:
    """Score as one would in a notebook."""
    for number, chunk in enumerate(pd.read_csv(source, chunksize=4096, keep_default_na=False)):
        chunk["probability"] = model.predict_proba(join_title(chunk["Title"], chunk["Review Text"]))
        chunk["recommended"] = (chunk["probability"] >= model.threshold).astype(int)
        chunk.to_csv(destination, mode="a" if number else "w", header=not number, index=False)


def write_rows(data: Path, destination: Path, count: int) -> int:
    """Write so many reviews, those of a file again and again."""
    reviews = with_text(read_reviews(data))
    pairs = zip(reviews["title"], reviews["review"], strict=True)
    with destination.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Title", "Review Text"])
        writer.writerows(islice(cycle(list(pairs)), count))
    return count


def _score(stored: Path, source: Path, workers: int) -> None:
    order = Order(source, source.with_name(f"out-{workers}.csv"), "1", workers=workers, overwrite=True)
    score_file(order, load_scorer(stored), stored, lambda *_: None)


if __name__ == "__main__":
    data, rows = Path(sys.argv[1]), int(sys.argv[2])
    with tempfile.TemporaryDirectory() as folder:
        stored, source = Path(folder) / "model", Path(folder) / "in.csv"
        if len(sys.argv) == 3:  # prepared in a process of its own, whose memory does not count
            stored.mkdir()
            train, validation, _ = parts(data)
            save_model(candidate("tfidf_linear").fit(train, validation, 0).model, stored)
            write_rows(data, source, rows)
            measured = in_a_process("benchmarks.scoring", str(source), str(rows), str(stored))
            sys.stdout.write(json.dumps(measured) + "\n")
        else:
            stored = Path(sys.argv[3])
            began = time.perf_counter()
            order = Order(data, Path(folder) / "out.csv", "1")
            report = score_file(order, load_scorer(stored), stored, lambda *_: None)
            answer = {"rows": report.rows, "bytes": peak_bytes(), "seconds": time.perf_counter() - began}
            sys.stdout.write(json.dumps(answer) + "\n")
