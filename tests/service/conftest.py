"""The project's own service as users start it: a process of its own on a model that `download` wrote."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from sentiment.models.digests import digests
from sentiment.models.files import save_model
from sentiment.models.known_answers import known_answers
from sentiment.models.text_model import TextModel
from tests.conftest import ROOT

PATIENCE = 60


def write_download(model: TextModel, folder: Path, version: str = "3") -> Path:
    """Write a model as `python run.py download` writes it."""
    files = folder / "model" / "data" / "files"
    files.mkdir(parents=True)
    save_model(model, files)
    (folder / "model" / "MLmodel").write_text("mlflow_version: 3.17.2\nutc_time_created: '2026-01-31 11:59:58.5'\n")
    answers = [answer.model_dump() for answer in known_answers(model)]
    tags = {
        "candidate": "tfidf_linear",
        "family": "tfidf_linear",
        "data": "sample",
        "metrics": '{"mcc": 0.6}',
        "known_answers": json.dumps(answers),
        "files_sha256": json.dumps(digests(folder / "model")),
    }
    described = {"version": version, "created": "2026-01-31T12:00:00Z", "tags": tags}
    (folder / "version.json").write_text(json.dumps(described))
    return folder


@dataclass
class Running:
    """A service that runs."""

    process: subprocess.Popen[str]
    address: str
    log: Path

    def post(self, path: str, body: Any, **headers: str) -> requests.Response:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {"content-type": "application/json", **headers}
        return requests.post(self.address + path, data=data, headers=sent, timeout=PATIENCE)

    def get(self, path: str, **parameters: Any) -> requests.Response:
        return requests.get(self.address + path, params=parameters, timeout=PATIENCE)

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(how)
        return self.process.wait(PATIENCE)


@pytest.fixture(scope="session")
def model(fit) -> TextModel:
    return fit("tfidf_linear").model


@pytest.fixture(scope="session")
def downloaded(model, tmp_path_factory) -> Path:
    return write_download(model, tmp_path_factory.mktemp("downloaded") / "version")


@pytest.fixture(scope="session")
def complaint(model, split) -> str:
    """The test review that the model likes least."""
    reviews = split.test["review"].tolist()
    return str(reviews[model.predict_proba(reviews).argmin()])


@contextmanager
def starting(downloaded: Path, folder: Path) -> Iterator[Callable[..., Running]]:
    """Start services; each is ended, hard if need be, in the end."""
    started: list[Running] = []

    def start_one(
        *options: str, ready: bool = True, model: Path = downloaded, python: Sequence[str] = (), **variables: str
    ) -> Running:
        log = folder / f"predictions-{len(started)}"
        order = ["serve", "--model", str(model), "--port", "0", "--predictions", str(log), *options]
        inherited = {name: value for name, value in os.environ.items() if name not in ("PORT", "SENTIMENT_TOKEN")}
        process = subprocess.Popen(
            [sys.executable, *python, str(ROOT / "run.py"), *order],
            cwd=folder,
            env=inherited | variables,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stderr is not None
        line = process.stderr.readline()
        assert "Listening on" in line, line + process.stderr.read()
        running = Running(process, line.split()[2].rstrip(";"), log)
        started.append(running)
        if ready:
            wait_until(lambda: running.get("/health/ready").status_code == 200)
        return running

    try:
        yield start_one
    finally:
        for running in started:
            if running.process.poll() is None:
                running.process.kill()
                running.process.wait(PATIENCE)
            assert running.process.stderr is not None
            running.process.stderr.close()


def start_guarded(start_one: Callable[..., Running], token: str) -> Running:
    """Start a service that others can reach too, so that it wants a token; the test itself asks it on loopback."""
    everywhere = "0.0.0.0"  # noqa: S104
    running = start_one("--host", everywhere, SENTIMENT_TOKEN=token)
    running.address = running.address.replace(everywhere, "127.0.0.1")
    return running


@pytest.fixture
def start(downloaded, tmp_path) -> Iterator[Callable[..., Running]]:
    """Start services for one test."""
    with starting(downloaded, tmp_path) as start_one:
        yield start_one


def wait_until(holds: Callable[[], bool]) -> None:
    """Wait for what a test is about, however slow the machine is."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)
