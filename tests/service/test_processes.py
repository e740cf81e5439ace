"""Processes are stopped by what they are, not by their number."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from sentiment.service import processes
from stack_config.servers.processes import Started, last_lines, stop

SLEEPS = [sys.executable, "-c", "import time; time.sleep(600)"]
HAS_A_CHILD = [sys.executable, "-c", f"import subprocess; print(subprocess.Popen({SLEEPS!r}).pid, flush=True); input()"]


@pytest.fixture
def parent():
    process = subprocess.Popen(HAS_A_CHILD, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    yield process
    process.kill()
    process.communicate()


def test_a_process_and_what_it_started_is_stopped_once(parent, monkeypatch):
    import psutil

    monkeypatch.setattr("stack_config.servers.processes.STOP_SECONDS", 0.5)
    child = int(parent.stdout.readline())
    started = Started.of(parent.pid)
    assert started.process() is not None
    assert stop(started, with_signal=signal.SIGTERM)
    assert not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE
    assert started.process() is None
    assert not stop(started, with_signal=signal.SIGTERM)


def test_another_process_with_the_same_number_is_left_alone(parent):
    started = Started(pid=parent.pid, created=Started.of(parent.pid).created - 3600)
    assert started.process() is None
    assert not stop(started, with_signal=signal.SIGKILL)
    assert parent.poll() is None


def test_a_process_is_told_by_an_argument_that_only_it_has(parent):
    assert processes.runs(parent.pid, named="subprocess.Popen")
    assert not processes.runs(parent.pid, named="another-id")
    parent.kill()
    os.waitid(os.P_PID, parent.pid, os.WEXITED | os.WNOWAIT)
    assert not processes.runs(parent.pid, named="subprocess.Popen")  # ended, and nobody has asked about it yet
    parent.wait()
    assert not processes.runs(parent.pid, named="subprocess.Popen")


def test_a_process_that_becomes_another_program_runs_all_the_time():
    again = 'exec /bin/sh -c "$0" "$0" a-mark'
    process = subprocess.Popen(["/bin/sh", "-c", again, again, "a-mark"])
    deadline = time.monotonic() + 3
    try:
        while time.monotonic() < deadline:
            assert processes.runs(process.pid, named="a-mark")
    finally:
        process.kill()
        process.wait()


def test_the_end_of_a_log_is_shown(tmp_path):
    log = tmp_path / "log"
    assert "wrote nothing" in last_lines(log)
    log.write_text("".join(f"line {number}\n" for number in range(30)))
    assert last_lines(log, 2) == "    line 28\n    line 29"
