"""Scoring and training on Spark: two cores against one, a cluster of two workers against one, and this machine alone.

The cluster is a real one on loopback: a master and two workers of one core each. A session is opened before the clock
starts where only the work is compared, and after it where a user would wait for it.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from benchmarks.data import candidate, parts
from benchmarks.loopback_spark import loopback_cluster
from benchmarks.scoring import write_rows
from benchmarks.timing import Comparison, at_least, at_most, in_a_process
from sentiment.models.files import load_scorer, save_model
from sentiment.reviews.schema import ARTICLE
from sentiment.scoring.files import score_file
from sentiment.scoring.order import Order
from sentiment.spark.scoring import score_on_spark
from sentiment.spark.session import Cluster
from sentiment.spark.training import survey_on_spark, train_on_spark

ROWS = 2_000_000
TRAINED = 5_000_000
MOST_BYTES = 3_000_000_000
FAMILIES = {"bag_of_words": {}, "tfidf_bayes": {}, "tfidf_linear": {"min_df": 100}}
"""Those that are trained on millions of rows; what stands in fewer of them than `min_df` tells nothing."""
ONE_WORKER = {"spark.cores.max": "1", "spark.executor.memory": "1g"}
TWO_WORKERS = {"spark.cores.max": "2", "spark.executor.memory": "1g"}


def compare(data: Path, *, short: bool) -> list[Comparison]:
    """Measure scoring; in short only the whole command, since of few rows nearly all of the time is Spark's start."""
    count = ROWS // 100 if short else ROWS
    with tempfile.TemporaryDirectory() as folder, loopback_cluster() as master:
        stored, source = Path(folder) / "model", Path(folder) / "in.csv"
        train, validation, _ = parts(data)
        stored.mkdir()
        save_model(candidate("tfidf_linear").fit(train, validation, 0).model, stored)
        write_rows(data, source, count)
        clusters = {
            "local[1]": Cluster(master="local[1]"),
            "local[2]": Cluster(master="local[2]"),
            "one worker": Cluster(master=master, conf=ONE_WORKER),
            "two workers": Cluster(master=master, conf=TWO_WORKERS),
        }
        times = {
            name: in_a_process(__name__, "score", str(source), str(stored), clusters[name].model_dump_json())
            for name in (["local[2]"] if short else clusters)
        }
        alone = in_a_process(__name__, "alone", str(source), str(stored))
    rows, most = f"score, {count:,} rows", 100 if short else 2
    whole = at_most(f"{rows}, Spark local[2]", "score --workers 2", times["local[2]"]["all"], alone["all"], most)
    if short:
        return [whole]
    work = {name: answer["work"] for name, answer in times.items()}
    return [
        at_least(
            f"{rows}, Spark local[2]", "Spark local[1], without its start", work["local[2]"], work["local[1]"], 1.6
        ),
        at_least(f"{rows}, two workers", "one worker, without its start", work["two workers"], work["one worker"], 1.6),
        whole,
    ]


def compare_training(data: Path, *, short: bool) -> list[Comparison]:
    """Measure training on one and on five million rows: time may grow with the rows, and memory stays bounded."""
    if short:  # of few rows, all of the time is Spark's own; that it works, the tests show
        return []
    few, many = TRAINED // 5, TRAINED
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        taken = {}
        for count in (few, many):
            source = Path(folder) / f"{count}.csv"
            in_a_process(__name__, "write", str(data), str(source), str(count))
            for family in FAMILIES:
                taken[family, count] = in_a_process(__name__, "train", str(source), family)
            source.unlink()
    for family in FAMILIES:
        one, five = taken[family, few], taken[family, many]
        what, against = f"{family} on Spark: {many:,} rows", f"{many // few} times {few:,} rows"
        rows.append(at_most(f"{what}, fit", against, five["work"], many / few * one["work"], 1.1))
        for part in ("driver", "worker", "java"):
            rows.append(at_most(f"{what}, memory of the {part}", "3 GB", five[part], MOST_BYTES, 1, "B"))
    return rows


def score(source: Path, stored: Path, cluster: Cluster) -> dict[str, Any]:
    """Score once; gives the seconds of all of it, and those that it takes longer than a file of one row."""
    one_row = source.with_name("one.csv")
    with source.open("rb") as file:
        one_row.write_bytes(file.readline() + b"a title,soft and warm\n")
    seconds = []
    for path in (one_row, source):
        began = time.perf_counter()
        order = Order(path, source.with_name("out.csv"), "1", overwrite=True)
        score_on_spark(order, load_scorer(stored), stored, cluster, lambda *_: None)
        seconds.append(time.perf_counter() - began)
        shutil.rmtree(order.destination)
    return {"all": seconds[1], "work": seconds[1] - seconds[0]}


def train(source: Path, family: str) -> dict[str, Any]:
    """Train once; gives the seconds of the fit, and the most memory of the driver, a worker and Java."""
    cluster = Cluster(master="local[2]")
    surveyed, _ = survey_on_spark(source, cluster, read_as=ARTICLE, encoding="utf-8", validation_share=0.1, seed=0)
    chosen = candidate(family)
    chosen = chosen.model_validate({**chosen.model_dump(), "params": {**chosen.params, **FAMILIES[family]}})
    with _watched() as most:
        trained = train_on_spark(chosen, surveyed, cluster)
    return {"work": trained.seconds, **most, **trained.metrics}


@contextmanager
def _watched() -> Iterator[dict[str, int]]:
    """Note the most memory of this process, of any Python that Java started, and of Java, which serves both."""
    most = {"driver": 0, "worker": 0, "java": 0}
    ended = threading.Event()
    here = psutil.Process()

    def watch() -> None:
        while not ended.wait(0.5):
            most["driver"] = max(most["driver"], here.memory_info().rss)
            for process in here.children(recursive=True):
                try:
                    part = "worker" if process.name().startswith("python") else "java"
                    most[part] = max(most[part], process.memory_info().rss)
                except psutil.NoSuchProcess:
                    continue

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield most
    finally:
        ended.set()
        thread.join()


def write_noisy(data: Path, destination: Path, count: int) -> dict[str, Any]:
    """Write so many rows with titles, texts and labels, replicated with noise in their words; a copy at a time."""
    import csv

    from benchmarks.data import noisy
    from sentiment.models.families.base import Examples
    from sentiment.reviews.reading import examples, read_reviews, with_text
    from sentiment.text import TITLE_END

    reviews = examples(with_text(read_reviews(data)))
    written = 0
    with destination.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Title", "Review Text", "Recommended IND"])
        while written < count:
            once: Examples = noisy(reviews, 1, seed=written)
            for document, label in list(zip(once.documents, once.labels, strict=True))[: count - written]:
                title, _, review = document.rpartition(TITLE_END)
                writer.writerow([title, review, label])
                written += 1
    return {"rows": written}


if __name__ == "__main__":
    what, path, *more = sys.argv[1:]
    if what == "score":
        answer = score(Path(path), Path(more[0]), Cluster.model_validate_json(more[1]))
    elif what == "alone":
        began = time.perf_counter()
        scored = Path(path).with_name("alone.csv")
        order = Order(Path(path), scored, "1", workers=2)
        score_file(order, load_scorer(Path(more[0])), Path(more[0]), lambda *_: None)
        scored.unlink()
        answer = {"all": time.perf_counter() - began}
    elif what == "write":
        answer = write_noisy(Path(path), Path(more[0]), int(more[1]))
    else:
        answer = train(Path(path), more[0])
    sys.stdout.write("\n" + json.dumps(answer) + "\n")
