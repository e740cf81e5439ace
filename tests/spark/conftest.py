"""A real Spark: on this machine's cores, and a standalone cluster of a master and two workers on loopback."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from benchmarks.loopback_spark import loopback_cluster
from sentiment.errors import InputError
from sentiment.spark.session import Cluster, require_spark

EXECUTOR = "org.apache.spark.executor.CoarseGrainedExecutorBackend"


@pytest.fixture(scope="session", autouse=True)
def spark() -> None:
    """Skip what needs Spark where there is none."""
    try:
        require_spark(Cluster())
    except InputError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def two_workers() -> Iterator[Cluster]:
    """A standalone master and two workers, on this machine."""
    with loopback_cluster() as master:
        yield Cluster(master=master, conf={"spark.executor.memory": "512m"})


@pytest.fixture
def kill_an_executor() -> Callable[[], None]:
    """Kill one of the processes that do a cluster's work on this machine."""

    def kill() -> None:
        commands = ((one, one.info["cmdline"] or []) for one in psutil.process_iter(["cmdline"]))
        next(one for one, command in commands if EXECUTOR in command).kill()

    return kill


@pytest.fixture
def other_python(tmp_path: Path):
    """Make a Python for workers that lacks a package, or has another version of it."""

    def make(name: str, *, body: str) -> str:
        folder = tmp_path / f"without {name}"
        folder.mkdir()
        (folder / "sitecustomize.py").write_text(body)
        script = tmp_path / f"python-{name}"
        script.write_text(f'#!/bin/sh\nPYTHONPATH="{folder}:$PYTHONPATH" exec {sys.executable} "$@"\n')
        script.chmod(0o755)
        return str(script)

    return make
