"""A real Spark: on this machine's cores, and a standalone cluster of a master and two workers on loopback."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from sentiment.errors import InputError
from sentiment.spark.session import Cluster, require_spark

SECONDS_TO_START = 60


@pytest.fixture(scope="session", autouse=True)
def spark() -> None:
    """Skip what needs Spark where there is none."""
    try:
        require_spark(Cluster())
    except InputError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def loopback_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A standalone master and two workers of one core each, on this machine."""
    import pyspark

    folder = tmp_path_factory.mktemp("spark")
    launcher = str(Path(pyspark.__file__).parent / "bin" / "spark-class")
    port = _free_port()
    address = f"spark://127.0.0.1:{port}"
    package = "org.apache.spark.deploy"
    own = {"SPARK_LOCAL_IP": "127.0.0.1", "SPARK_WORKER_DIR": str(folder), "SPARK_DAEMON_MEMORY": "256m"}
    master = [f"{package}.master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", "0"]
    worker = [f"{package}.worker.Worker", "--host", "127.0.0.1", "--cores", "1", "--memory", "1g", "--webui-port", "0"]
    started = []
    try:
        for command in (master, [*worker, address], [*worker, address]):
            with (folder / f"log-{len(started)}").open("wb") as log:
                started.append(
                    subprocess.Popen([launcher, *command], env={**os.environ, **own}, stdout=log, stderr=log)
                )
            _wait_for(port)
        yield Cluster(master=address, conf={"spark.executor.memory": "512m"})
    finally:
        for process in reversed(started):
            end_tree(process.pid)
            process.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def end_tree(pid: int) -> None:
    """End a process and all that it started."""
    try:
        top = psutil.Process(pid)
    except psutil.NoSuchProcess:
        return
    for process in [*top.children(recursive=True), top]:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue


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


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait_for(port: int) -> None:
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise TimeoutError(f"nothing answers at port {port}")
