"""MLflow's server of a model as `deploy --to mlflow` starts it: it has the limits of the project's own service."""

from __future__ import annotations

import os
import subprocess
from contextlib import suppress

import pytest
import requests
from mlflow.models import Model

from sentiment.service.loopback import free_port
from sentiment.tracking import pyfunc
from sentiment.tracking.scoring_server import command
from tests.conftest import ROOT
from tests.service.attacks import HOST, MB, connected, endless, posted, send, unread
from tests.service.conftest import PATIENCE, wait_until


@pytest.fixture(scope="module")
def address(fit, tmp_path_factory):
    folder = tmp_path_factory.mktemp("served") / "model"
    pyfunc.save(fit("tfidf_linear").model, folder, Model())
    port = free_port(8_700, only=False)
    process = subprocess.Popen(
        command(folder, port), cwd=ROOT, env={**os.environ, "SENTIMENT_HOSTS": "named.example", "PYTHONPATH": str(ROOT)}
    )
    at = f"http://127.0.0.1:{port}"

    def answers():
        with suppress(requests.ConnectionError):
            return requests.get(at + "/health", timeout=PATIENCE).ok
        return False

    try:
        wait_until(answers)
        yield at
    finally:
        process.terminate()
        assert process.wait(PATIENCE) == 0


def ask(address, **headers):
    body = {"inputs": ["soft"]}
    return requests.post(address + "/invocations", json=body, headers=headers, timeout=PATIENCE).status_code


def test_a_foreign_host_or_page_is_refused(address):
    assert ask(address) == 200
    assert ask(address, host="named.example") == 200
    assert ask(address, host="evil.example") == 421
    assert ask(address, origin="https://evil.example") == 403


def test_what_never_ends_is_ended(address):
    head = b"GET /health HTTP/1.1\r\n" + HOST
    for start, part in ((head + b"X-Long: ", b"x"), (head, b"a:b\r\n"), (b"GET /", b"x"), unread(b"/health")):
        assert send(address, endless(start, part, 100 * MB), PATIENCE) < 16 * MB
    assert ask(address) == 200


def test_no_body_is_waited_for_by_a_route_that_takes_none(address):
    with connected(address) as connection:
        connection.sendall(posted(b"/health", 100_000))
        assert connection.recv(2**12).startswith(b"HTTP/1.1 405")
