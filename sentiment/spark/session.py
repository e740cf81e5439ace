"""A Spark session: opened in one place, quiet, and closed on every path."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import psutil
from pydantic import BaseModel, ConfigDict

from sentiment import extras
from sentiment.environment import LOOPBACK
from sentiment.errors import InputError, SparkError
from sentiment.spark.gateway import Gateway

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

OLDEST_JAVA = 17
LOCAL = "local[*]"
_SCRATCH = "sentiment-spark-"
_SECONDS_TO_CONNECT = 5
_OF_YARN = ("HADOOP_CONF_DIR", "YARN_CONF_DIR")
_PYTHON = "spark.pyspark.python"
WHICH_PYTHON = f"name one that has them with PYSPARK_PYTHON, or with --spark-conf {_PYTHON}=PATH"
_SECRET = re.compile("secret|password|token|key", re.IGNORECASE)
"""What names of settings have in them that must not be seen among the arguments of a process."""
_RAISED = re.compile(r"^(?:[\w.]+\.)?(?P<name>\w+(?:Error|Exception|Exit)): (?P<words>.*)", re.MULTILINE)
_PASSED_ON = re.compile(r"Spark\w*Exception|Py4J\w*|PythonException|EOF\w*")
"""Exceptions that Spark raises about those of a worker."""
_LONGEST = 600


class Cluster(BaseModel):
    """Where Spark runs, and how.

    Attributes:
        master: ``local[2]`` (two cores of this machine), ``local[*]`` (all of them), ``spark://host:port``,
            ``k8s://…`` or ``yarn``.
        conf: Settings of Spark, by name, such as ``spark.executor.memory``; they win over those made here.
    """

    model_config = ConfigDict(frozen=True)

    master: str = LOCAL
    conf: dict[str, str] = {}

    @property
    def is_here(self) -> bool:
        """Whether everything runs on this machine, so that nothing needs to listen on any other address."""
        return self.master.startswith("local") or urlsplit(self.master).hostname in LOOPBACK


@contextmanager
def spark_session(cluster: Cluster, *, name: str) -> Iterator[SparkSession]:
    """Open a session; it is stopped when the body ends, however it ends.

    Args:
        cluster: Where.
        name: Of the application, as the cluster shows it.

    Raises:
        InputError: PySpark or Java is missing, or the master is none.
        SparkError: No session could be opened.
    """
    require_spark(cluster)
    _clear_abandoned()
    with scratch_folder() as scratch, warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=FutureWarning, module="pyspark")  # pandas 3; its frames are not used
        with _environment(cluster), _java(cluster, name, scratch) as session:
            yield session


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Give a folder that goes with the body; where the process is killed, the next session deletes it."""
    with tempfile.TemporaryDirectory(prefix=f"{_SCRATCH}{os.getpid()}-") as folder:
        yield Path(folder)


def require_spark(cluster: Cluster) -> None:
    """Check what can be checked without starting Spark; raises as `spark_session`."""
    require_pyspark()
    _require_java()
    _require_master(cluster.master)


def require_pyspark() -> None:
    """Check that PySpark is installed.

    Raises:
        InputError: It is not; the message has the command that installs it.
    """
    extras.require("spark", "Spark")


def in_words(error: BaseException) -> str:
    """Say what a failed job failed of: the last exception of the worker's Python where there is one."""
    raised = list(_RAISED.finditer(str(error)))
    own = [one for one in raised if not _PASSED_ON.fullmatch(one["name"])]
    if not own:
        return str(error).strip().splitlines()[0][:_LONGEST] if str(error).strip() else type(error).__name__
    found = own[-1]
    if missing := re.search(r"No module named '([\w.]+)'", found["words"]):
        return (
            f"the Python of a worker has no {missing[1]}. This project's own code is sent along; the libraries of "
            f"requirements.lock must be there: {WHICH_PYTHON}"
        )
    return f"{found['name']}: {found['words'][:_LONGEST]}"


def _clear_abandoned() -> None:
    """Delete what processes that were killed have left behind: the features of many rows may be in it."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_SCRATCH}*"):
        pid = folder.name.removeprefix(_SCRATCH).partition("-")[0]
        if pid.isdigit() and not psutil.pid_exists(int(pid)):
            shutil.rmtree(folder, ignore_errors=True)  # another user's stays


def _require_java() -> None:
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    how = f"Java {OLDEST_JAVA} expected (on Debian: `apt install openjdk-{OLDEST_JAVA}-jre-headless`)"
    if java is None:
        raise InputError(f"Spark needs Java, and there is no `java` here; {how}")
    try:
        told = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=60, check=True).stderr  # noqa: S603
    except (OSError, subprocess.SubprocessError) as error:
        where = f"JAVA_HOME names {home}, where" if home else java
        raise InputError(f"Spark needs Java, and {where} it cannot be run: {error}; {how}") from error
    version = re.search(r'version "(?:1\.)?(\d+)', told)
    if version is None or int(version[1]) < OLDEST_JAVA:
        raise InputError(f"Spark needs Java, and {java} is {told.splitlines()[0] if told else 'of no version'}; {how}")


def _require_master(master: str) -> None:
    """Refuse what is no master, and one that does not answer: Spark itself tries for a minute, and tells a trace."""
    problems = []
    for host, port in _places(master):
        try:
            socket.create_connection((host, port), _SECONDS_TO_CONNECT).close()
        except OSError as error:
            problems.append(f"{host}:{port}: {error.strerror or error}")
        else:
            return
    if problems:
        raise SparkError(f"no Spark master answers at {master} ({'; '.join(problems)})")


def _places(master: str) -> list[tuple[str, int]]:
    """Name the hosts and ports of which one must answer; none where there is nobody to ask."""
    if re.fullmatch(r"local(\[(\*|[1-9]\d*)(, *\d+)?\])?|local-cluster\[.*\]", master):
        return []
    if master == "yarn":
        if not any(os.environ.get(name) for name in _OF_YARN):
            raise InputError(
                f"--master yarn is found by the files of Hadoop's configuration, and neither {' nor '.join(_OF_YARN)} "
                "names their folder; set one of them"
            )
        return []
    if master.startswith("k8s://"):
        return [_of_kubernetes(master)]
    if hosts := re.fullmatch(r"spark://([^/]+)", master):
        return [_host_and_port(master, one) for one in hosts[1].split(",")]
    raise InputError(
        f"--master {master!r} is no Spark master; local[2], local[*], spark://host:7077, k8s://https://host:443 "
        "or yarn expected"
    )


def _of_kubernetes(master: str) -> tuple[str, int]:
    address = master.removeprefix("k8s://")
    url = urlsplit(address if "://" in address else f"https://{address}")
    try:
        host, port = url.hostname, url.port or (80 if url.scheme == "http" else 443)
    except ValueError:  # the port is no number
        host, port = None, 0
    if not host:
        raise InputError(f"--master {master!r} names no host and port; k8s://https://host:443 expected")
    return host, port


def _host_and_port(master: str, one: str) -> tuple[str, int]:
    host, _, port = one.rpartition(":")
    if not port.isdigit():
        raise InputError(f"--master {master!r} names no port; spark://host:7077 expected")
    return host.strip("[]"), int(port)


@contextmanager
def _environment(cluster: Cluster) -> Iterator[None]:
    """Set what Spark reads from the environment, where the user has not, until the body ends."""
    wanted = {"SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable} if cluster.is_here else {}
    before = dict(os.environ)
    os.environ.update({name: value for name, value in wanted.items() if name not in before})
    if _PYTHON in cluster.conf:
        os.environ["PYSPARK_PYTHON"] = cluster.conf[_PYTHON]  # a setting that PySpark itself passes over
    try:
        yield
    finally:
        for name in os.environ.keys() - before.keys():  # those that PySpark adds too
            del os.environ[name]
        os.environ.update(before)


@contextmanager
def _java(cluster: Cluster, name: str, scratch: Path) -> Iterator[SparkSession]:
    """Start a Java of our own with a session in it; both end with the body.

    What Java and, on this machine, the workers write to standard error goes to a file: hundreds of lines, of which the
    last are told when no session comes about.
    """
    from pyspark.sql import SparkSession

    settings = _settings(cluster, scratch) | {"spark.master": cluster.master, "spark.app.name": name} | cluster.conf
    seen = {name: value for name, value in settings.items() if not _SECRET.search(name)}
    log = scratch / "log"
    gateway = Gateway()
    session = None
    heeded = signal.getsignal(signal.SIGINT)
    try:
        session = SparkSession(gateway.context(settings, seen, log))
    except Exception as error:
        told = log.read_text(encoding="utf-8", errors="replace").strip().splitlines() if log.exists() else []
        reason = in_words(error) if gateway.started else "; ".join(told[-3:] or [str(error)])
        raise SparkError(f"no Spark session could be opened on {cluster.master}: {reason}") from error
    else:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, heeded)  # Spark's own handler would end its jobs and lose the interrupt
        yield session
    finally:
        if session is not None:
            session.stop()
        gateway.end()


def _settings(cluster: Cluster, scratch: Path) -> dict[str, str]:
    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",  # there is a bar of our own
        "spark.sql.warehouse.dir": str(scratch / "warehouse"),
    }
    if cluster.is_here:
        settings |= {
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
            "spark.local.dir": str(scratch),
        }
    return settings
