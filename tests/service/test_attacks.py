"""Every attack without a token, at the volume at which it once took a service down: memory and other clients' waits."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np
import psutil
import pytest
import requests

from tests.service.attacks import ENDLESS, MB, UNFINISHED, unfinished, without_end
from tests.service.conftest import start_guarded, starting, wait_until

pytestmark = pytest.mark.slow
MOST_MEMORY = 64 * MB
KEPT = 32 * MB
"""Of memory, when an attack is over: the allocator keeps some of it."""
QUIET, SLOWER, NOTICED = 300, 10, 0.1
SECONDS = 5
VOLUME, CONNECTIONS = 500 * MB, 80


@pytest.fixture(scope="module")
def service(downloaded, tmp_path_factory):
    with starting(downloaded, tmp_path_factory.mktemp("services")) as start_one:
        yield start_guarded(start_one, "0123456789abcdef0123")


def waits(service, until):
    """Ask again and again; gives how long each answer took, in seconds."""
    session, found = requests.Session(), []
    while not until(found):
        began = time.perf_counter()
        assert session.get(service.address + "/health/live", timeout=60).ok
        found.append(time.perf_counter() - began)
        time.sleep(0.005)
    return found


@contextmanager
def watched(service):
    """While the body attacks: memory stays in its bound and is given back, and another client is answered as ever."""
    process = psutil.Process(service.process.pid)
    quiet = waits(service, lambda found: len(found) >= QUIET)
    before, over, peaks = process.memory_info().rss, threading.Event(), []

    def look():
        while not over.wait(0.02):
            peaks.append(process.memory_info().rss)

    with ThreadPoolExecutor(2) as beside:
        try:
            asked, looked = beside.submit(waits, service, lambda _: over.is_set()), beside.submit(look)
            yield
            time.sleep(1)
        finally:
            over.set()
        looked.result()
        disturbed = asked.result()
    assert max(peaks) - before < MOST_MEMORY
    assert np.percentile(disturbed, 99) < max(SLOWER * np.percentile(quiet, 99), NOTICED)
    wait_until(lambda: process.memory_info().rss - before < KEPT)


@pytest.mark.parametrize("name", ENDLESS)
def test_what_never_ends_costs_little_and_nobody_else_notices(service, name):
    with watched(service):
        taken = without_end(name)(service.address, VOLUME, SECONDS)
    assert taken < 32 * MB


@pytest.mark.parametrize("name", UNFINISHED)
def test_many_unfinished_requests_cost_little_and_nobody_else_notices(service, name):
    said, connections = UNFINISHED[name]
    with watched(service):
        unfinished(service.address, said, connections, SECONDS)


def test_many_clients_that_read_nothing_cost_little(service):
    attack = without_end("requests whose answers are not read")
    with watched(service), ThreadPoolExecutor(CONNECTIONS) as clients:
        list(clients.map(lambda _: attack(service.address, 2 * MB, SECONDS), range(CONNECTIONS)))
