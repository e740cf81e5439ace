"""A real Spark cluster on this machine, to measure and to test with: a master, and workers of one core each."""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil


@contextmanager
def loopback_cluster(workers: int = 2) -> Iterator[str]:
    """Start a standalone Spark on this machine; gives the address of its master, and ends it with the body."""
    import pyspark

    launcher = str(Path(pyspark.__file__).parent / "bin" / "spark-class")
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    master, package = f"spark://127.0.0.1:{port}", "org.apache.spark.deploy"
    options = ["--host", "127.0.0.1", "--webui-port", "0"]
    one_core = ["--cores", "1", "--memory", "2g", master]
    commands = [[f"{package}.master.Master", *options, "--port", str(port)]]
    commands += [[f"{package}.worker.Worker", *options, *one_core] for _ in range(workers)]
    with tempfile.TemporaryDirectory() as folder:
        own = {"SPARK_LOCAL_IP": "127.0.0.1", "SPARK_WORKER_DIR": folder, "SPARK_DAEMON_MEMORY": "256m"}
        started: list[subprocess.Popen[bytes]] = []
        try:
            for command in commands:
                with (Path(folder) / f"log-{len(started)}").open("wb") as log:
                    started.append(
                        subprocess.Popen([launcher, *command], env={**os.environ, **own}, stdout=log, stderr=log)
                    )
                _wait_for(port)
            yield master
        finally:
            for process in reversed(started):
                for child in psutil.Process(process.pid).children(recursive=True):
                    child.kill()
                process.kill()
                process.wait()


def _wait_for(port: int) -> None:
    until = time.monotonic() + 300
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise TimeoutError(f"nothing answers at port {port}")
