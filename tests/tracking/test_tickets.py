"""The lock that a server keeps: one holder, whoever races, is killed or is cut off."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import time

import pytest
import requests
from mlflow import MlflowClient

from sentiment.errors import RegistryError, TrackingError
from sentiment.tracking.registry.locking import registry_lock
from sentiment.tracking.registry.tickets import ticket_lock

LOCK = "a-lock"
LEASE = 3.0
PROCESSES, TURNS = 3, 4

spawn = multiprocessing.get_context("spawn")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A real MLflow server."""
    folder = tmp_path_factory.mktemp("server")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    command += ["--backend-store-uri", f"sqlite:///{folder / 'mlflow.db'}"]
    command += ["--artifacts-destination", (folder / "artifacts").as_uri()]
    environment = {**os.environ, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address, process, folder / "log")
        yield address
    finally:
        process.terminate()
        process.wait(timeout=60)


def _wait_for(address, process, log):
    for _ in range(600):
        assert process.poll() is None, log.read_text()
        try:
            if requests.get(f"{address}/health", timeout=1).ok:
                return
        except requests.RequestException:
            time.sleep(0.2)
    pytest.fail(log.read_text())


def tickets(server):
    return MlflowClient(server).search_model_versions(f"name = '{LOCK}'")


def _hold(server, held, release):
    with ticket_lock(server, LOCK, timeout=60, lease=LEASE):
        held.set()
        release.wait()


@pytest.fixture
def holder(server):
    """Another process that holds the lock."""
    held, release = spawn.Event(), spawn.Event()
    process = spawn.Process(target=_hold, args=(server, held, release))
    process.start()
    assert held.wait(60)
    process.release = release.set
    yield process
    process.kill()
    process.join()


def test_one_holds_it_and_whoever_waits_in_vain_is_told_who_and_leaves_the_line(server, holder):
    with (
        pytest.raises(RegistryError, match=f"for 1 s .process {holder.pid} on"),
        ticket_lock(server, LOCK, timeout=1, lease=LEASE),
    ):
        pytest.fail("two hold it")
    assert len(tickets(server)) == 1


def test_a_holder_that_lives_keeps_it_for_longer_than_a_lease(server, holder):
    with (
        pytest.raises(RegistryError, match="somebody else"),
        ticket_lock(server, LOCK, timeout=2.5 * LEASE, lease=LEASE),
    ):
        pytest.fail("taken from a holder that renews")


def test_released_it_is_free_and_the_line_is_empty_afterwards(server, holder):
    holder.release()
    with ticket_lock(server, LOCK, timeout=30, lease=LEASE) as require_held:
        require_held()
        assert len(tickets(server)) == 1
    assert tickets(server) == []


def test_killed_it_is_free_after_a_lease(server, holder):
    os.kill(holder.pid, signal.SIGKILL)
    with ticket_lock(server, LOCK, timeout=60, lease=LEASE) as require_held:
        require_held()
    assert tickets(server) == []


def test_a_holder_that_was_cut_off_notices_before_it_writes(server, holder):
    os.kill(holder.pid, signal.SIGSTOP)
    with ticket_lock(server, LOCK, timeout=60, lease=LEASE) as require_held:
        os.kill(holder.pid, signal.SIGCONT)
        holder.release()
        holder.join()
        require_held()
    assert tickets(server) == []


def test_the_check_fails_once_the_ticket_is_gone(server):
    with ticket_lock(server, LOCK, timeout=10, lease=LEASE) as require_held:
        (mine,) = tickets(server)
        MlflowClient(server).delete_model_version(LOCK, mine.version)
        with pytest.raises(RegistryError, match="right to change the registry was lost"):
            require_held()


def _take_turns(server, path, start):
    """Add one to a number in a file, again and again: what two do at once is lost."""
    start.wait()
    for _ in range(TURNS):
        with ticket_lock(server, LOCK, timeout=120, lease=60):
            number = int(path.read_text())
            time.sleep(0.02)
            path.write_text(str(number + 1))


def test_racers_take_turns(server, tmp_path):
    path, start = tmp_path / "number", spawn.Event()
    path.write_text("0")
    racers = [spawn.Process(target=_take_turns, args=(server, path, start)) for _ in range(PROCESSES)]
    for racer in racers:
        racer.start()
    start.set()
    for racer in racers:
        racer.join()
    assert [racer.exitcode for racer in racers] == [0] * PROCESSES
    assert path.read_text() == str(PROCESSES * TURNS)
    assert tickets(server) == []


def test_the_registry_of_a_server_is_locked_that_way(server):
    with registry_lock(server) as require_held:
        require_held()
        found = MlflowClient(server).search_model_versions("name = 'customer-sentiment-analysis-lock'")
        assert len(found) == 1


def test_a_server_that_is_away_is_named():
    with pytest.raises(TrackingError, match="does not answer"), ticket_lock("http://127.0.0.1:9", LOCK, timeout=1):
        pytest.fail("held nothing")
