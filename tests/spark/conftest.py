"""A real Spark: on this machine's cores, and a standalone cluster of a master and two workers on loopback."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from benchmarks.loopback_spark import loopback_cluster
from sentiment.errors import InputError
from sentiment.spark.session import Cluster, require_spark

NOT_INSTALLED = """
import sys
sys.meta_path[:] = [one for one in sys.meta_path if "editable" not in one.__module__]
"""
EXECUTOR = "org.apache.spark.executor.CoarseGrainedExecutorBackend"


@pytest.fixture(scope="session", autouse=True)
def spark() -> None:
    """Skip what needs Spark where there is none."""
    try:
        require_spark(Cluster())
    except InputError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def two_workers(tmp_path_factory) -> Iterator[Cluster]:
    """A standalone master and two workers, on this machine, whose Python has the libraries and not this project."""
    folder = tmp_path_factory.mktemp("cluster")
    python = python_that(folder, "lacks the project", NOT_INSTALLED)
    alone = subprocess.run([python, "-c", "import sentiment"], check=False, cwd=folder, capture_output=True, text=True)
    assert "No module named 'sentiment'" in alone.stderr
    with loopback_cluster() as master:
        yield Cluster(master=master, conf={"spark.executor.memory": "512m", "spark.pyspark.python": python})


@pytest.fixture
def kill_an_executor() -> Callable[[], None]:
    """Kill one of the processes that do a cluster's work on this machine."""

    def kill() -> None:
        commands = ((one, one.info["cmdline"] or []) for one in psutil.process_iter(["cmdline"]))
        next(one for one, command in commands if EXECUTOR in command).kill()

    return kill


def python_that(folder: Path, name: str, body: str) -> str:
    """Make a Python for workers that is another by what it does at its start, such as to hide a package."""
    site = folder / name
    site.mkdir()
    (site / "sitecustomize.py").write_text(body)
    script = folder / f"python that {name}"
    script.write_text(f'#!/bin/sh\nPYTHONPATH="{site}:$PYTHONPATH" exec {sys.executable} "$@"\n')
    script.chmod(0o755)
    return str(script)
