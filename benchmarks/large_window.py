"""A window of 100,000 predictions, read from the log and judged, in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path

from benchmarks.data import CONFIG, ROOT, candidate, parts
from benchmarks.timing import Comparison, at_most, in_a_process, peak_bytes
from sentiment.configuration import read_mapping
from sentiment.models.files import load_scorer, save_model
from sentiment.monitoring.config import MonitoringConfig
from sentiment.monitoring.judge import judge
from sentiment.monitoring.reference import Reference, make_reference
from sentiment.monitoring.rows import rows_of
from sentiment.monitoring.window import choose
from sentiment.reviews.reading import read_reviews, with_text
from sentiment.reviews.splits import split_reviews
from sentiment.service.answers import Answerer
from sentiment.service.predictions import Prediction, encode, read_log
from sentiment.text import TITLE_END

PREDICTIONS = 100_000
MOST_BYTES = 1_500_000_000
VERSION = "1"


def compare(data: Path, *, short: bool) -> list[Comparison]:
    """Measure against importing ZenML, which every command of a pipeline does first."""
    count = PREDICTIONS // 10 if short else PREDICTIONS
    with tempfile.TemporaryDirectory() as folder:
        prepared = Path(folder)
        train, validation, _ = parts(data)
        model = candidate("linear_blend").fit(train, validation, 0).model
        (prepared / "model").mkdir()
        save_model(model, prepared / "model")
        reviews = with_text(read_reviews(data))
        test = split_reviews(reviews, validation_share=CONFIG.validation_share, seed=CONFIG.seed).test
        reference = make_reference(VERSION, model, reviews, test, {})
        (prepared / "reference.json").write_text(reference.model_dump_json(), encoding="utf-8")
        in_a_process(__name__, "write", folder, str(count))
        judged = in_a_process(__name__, "judge", folder)
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import zenml"], check=True)
    zenml = time.perf_counter() - began
    what = f"a window of {judged['rows']:,} predictions, read and judged"
    return [
        at_most(what, "import zenml", judged["seconds"], zenml, 40 if short else 20),
        at_most(f"{what}: peak memory", "1.5 GB", judged["bytes"], MOST_BYTES, 1, "B"),
    ]


def write(folder: Path, count: int) -> dict[str, int]:
    """Record what the model answers about the test rows, again and again, with other ids and times."""
    reference = Reference.model_validate_json((folder / "reference.json").read_bytes())
    answers = Answerer(load_scorer(folder / "model")).answer(reference.texts, [""] * len(reference.texts))
    now = datetime.now(UTC)
    log = folder / "log"
    log.mkdir()
    with (log / "20260101T000000000000-1-1.jsonl").open("wb") as file:
        for number, (text, answer) in enumerate(islice(cycle(zip(reference.texts, answers, strict=True)), count)):
            record = Prediction(
                id=f"{number:016x}",
                time=now - timedelta(milliseconds=count - number),
                version=VERSION,
                digest="",
                probability=answer.probability,
                recommended=answer.recommended,
                characters=len(text),
                words=answer.words,
                known_words=answer.known_words,
                has_title=False,
                review=text.replace(TITLE_END, " "),
                milliseconds=1.0,
            )
            file.write(encode(record) + b"\n")
    return {"rows": count}


def read_and_judge(folder: Path) -> dict[str, float]:
    """Do what the step of `monitor` does."""
    config = MonitoringConfig.from_mapping(
        read_mapping(ROOT / "pipelines" / "configs" / "monitoring.yaml"), source="monitoring.yaml"
    )
    began = time.perf_counter()
    reference = Reference.model_validate_json((folder / "reference.json").read_bytes())
    window = choose(read_log(folder / "log"), "all", VERSION, now=datetime.now(UTC))
    rows = rows_of(window.predictions, window.labels)
    judgement = judge(rows, reference.rows(), config, threshold=reference.threshold, at_registration={})
    return {"rows": judgement.rows, "seconds": time.perf_counter() - began, "bytes": peak_bytes()}


if __name__ == "__main__":
    what, path, *more = sys.argv[1:]
    answer = write(Path(path), int(more[0])) if what == "write" else read_and_judge(Path(path))
    sys.stdout.write(json.dumps(answer) + "\n")
