"""A served version against MLflow's own server on a bare scikit-learn pipeline of the same model."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import mlflow.sklearn
import numpy as np
import requests
from mlflow.models import Model, ModelSignature
from mlflow.pyfunc import scoring_server
from mlflow.types import Schema, TensorSpec
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from benchmarks.data import candidate, parts, texts
from benchmarks.timing import Comparison, at_most
from sentiment.models.skops_files import TRUSTED_TYPES
from sentiment.models.text_model import TextModel
from sentiment.tracking import pyfunc

REQUESTS, WARM_UP, BLOCK = 3000, 300, 100
START_SECONDS = 120


def compare(data: Path, *, short: bool) -> list[Comparison]:
    """Measure one review a request, one worker each, in blocks that alternate."""
    train, validation, _ = parts(data)
    model = candidate("tfidf_linear").fit(train, validation, 0).model
    reviews = texts(data)[: REQUESTS // 10 if short else REQUESTS]
    with tempfile.TemporaryDirectory() as folder:
        ours, reference = Path(folder) / "ours", Path(folder) / "reference"
        pyfunc.save(model, ours, Model())
        save_bare(model, reference)
        with served(ours) as our_url, served(reference) as their_url:
            taken = _latencies(
                reviews,
                {
                    our_url: lambda review: {"dataframe_records": [{"review": review}]},
                    their_url: lambda review: {"inputs": [review]},
                },
            )
    rows = []
    for percentile in (50, 99):
        mine, theirs = (float(np.percentile(times, percentile)) for times in taken)
        against = "MLflow's server on a bare pipeline"
        rows.append(at_most(f"one review a request: p{percentile}", against, mine, theirs, 2 if short else 1.1))
    return rows


def save_bare(model: TextModel, path: Path) -> None:
    """Log what a tutorial would: vectorizer and regression in a pipeline, texts in an array."""
    regression = LogisticRegression()
    regression.coef_, regression.intercept_ = model.classifier.coef_, np.array([model.classifier.intercept])
    regression.classes_, regression.n_features_in_ = np.array([0, 1]), model.classifier.coef_.shape[1]
    mlflow.sklearn.save_model(
        make_pipeline(model.vectorizer, regression),
        str(path),
        signature=ModelSignature(
            inputs=Schema([TensorSpec(np.dtype("str"), (-1,))]),
            outputs=Schema([TensorSpec(np.dtype("float64"), (-1, 2))]),
        ),
        pyfunc_predict_fn="predict_proba",
        serialization_format="skops",
        skops_trusted_types=list(TRUSTED_TYPES),
        pip_requirements=["mlflow"],
    )


@contextmanager
def served(model: Path) -> Iterator[str]:
    """Start MLflow's server of a model with one worker; gives the address of its predictions."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    host = "127.0.0.1"
    command, environment = scoring_server.get_cmd(
        str(model),
        port,
        host,  # type: ignore[arg-type]  # MLflow 3.17 declares the host as a number, and quotes it as text
        None,
        1,
    )
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), environment["PATH"]])
    environment["UVICORN_ACCESS_LOG"] = "false"
    server = subprocess.Popen(command.split(), env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + START_SECONDS
        while not answers(address):
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the server of {model.name} did not start")
            time.sleep(0.2)
        yield f"{address}/invocations"
    finally:
        server.terminate()
        server.wait(timeout=30)


def answers(address: str) -> bool:
    """Ask whether a server is ready."""
    try:
        return requests.get(f"{address}/ping", timeout=2).ok
    except requests.RequestException:
        return False


def _latencies(reviews: list[str], servers: dict[str, Callable[[str], object]]) -> list[list[float]]:
    taken: dict[str, list[float]] = {url: [] for url in servers}
    with requests.Session() as session:
        for url, payload in servers.items():
            for review in reviews[:WARM_UP]:
                _ask(session, url, payload(review))
        for start in range(0, len(reviews), BLOCK):
            for url, payload in servers.items():
                block = [payload(review) for review in reviews[start : start + BLOCK]]
                taken[url] += [_ask(session, url, one) for one in block]
    return list(taken.values())


def _ask(session: requests.Session, url: str, payload: object) -> float:
    started = time.perf_counter()
    answer = session.post(url, json=payload, timeout=30)
    seconds = time.perf_counter() - started
    answer.raise_for_status()
    return seconds
