"""Starting Spark: what is missing is said at once, and nothing is left when it ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time

import psutil
import pytest

from sentiment.errors import InputError, SparkError
from sentiment.spark.session import Cluster, in_words, require_spark, spark_session

NO_MEMORY = {"spark.driver.memory": "much"}


def test_without_java_the_message_says_which(monkeypatch):
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(InputError, match="Java 17 expected"):
        require_spark(Cluster())


@pytest.mark.parametrize("told", ['openjdk version "11.0.2" 2019-01-15', 'java version "1.8.0_151"'])
def test_an_old_java_is_refused(monkeypatch, tmp_path, told):
    (tmp_path / "bin").mkdir()
    java = tmp_path / "bin" / "java"
    java.write_text(f"#!/bin/sh\necho '{told}' >&2\n")
    java.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(InputError, match="Java 17 expected"):
        require_spark(Cluster())


@pytest.mark.parametrize(
    "master", ["here", "local[0]", "spark://", "spark://host", "k8s://", "k8s://a:b", "http://127.0.0.1:7077"]
)
def test_what_is_no_master_is_refused(master):
    with pytest.raises(InputError, match="expected"):
        require_spark(Cluster(master=master))


@pytest.mark.parametrize("kind", ["spark://", "k8s://https://", "k8s://"])
def test_a_master_that_does_not_answer_is_told_within_seconds(kind):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        began = time.monotonic()
        with pytest.raises(SparkError, match="no Spark master answers"):
            require_spark(Cluster(master=f"{kind}127.0.0.1:{taken.getsockname()[1]}"))
        assert time.monotonic() - began < 15


@pytest.mark.parametrize("raised", ["InputError: out.csv cannot be written", "SparkError: a worker has no NumPy"])
def test_what_a_worker_raised_is_told_and_not_what_spark_says_about_it(raised):
    told = (
        f"org.apache.spark.SparkException: Job aborted\npyspark.errors.PythonException: \nsentiment.errors.{raised}\n"
    )
    assert in_words(RuntimeError(f"{told}Py4JJavaError: An error occurred")) == raised


def test_yarn_without_hadoops_configuration_is_refused(monkeypatch):
    for name in ("HADOOP_CONF_DIR", "YARN_CONF_DIR"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(InputError, match="neither HADOOP_CONF_DIR nor YARN_CONF_DIR"):
        require_spark(Cluster(master="yarn"))


def test_what_a_killed_process_left_is_deleted_and_what_a_living_one_has_is_not(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    others = [f"sentiment-spark-{os.getpid()}-y", "sentiment-spark-notes"]
    for name in (f"sentiment-spark-{ended.pid}-x", *others):
        (tmp_path / name).mkdir()
    with pytest.raises(SparkError), spark_session(Cluster(master="local[1]", conf=NO_MEMORY), name="t"):
        pass
    assert sorted(path.name for path in tmp_path.iterdir()) == others


def test_a_session_is_quiet_and_leaves_neither_process_nor_file_nor_setting(capfd, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    before, others = dict(os.environ), _below()  # a cluster that other tests share may run
    heeded = signal.getsignal(signal.SIGINT)
    with pytest.raises(ValueError, match="the body failed"), spark_session(Cluster(master="local[1]"), name="t") as one:
        assert one.range(3).count() == 3
        assert signal.getsignal(signal.SIGINT) is heeded
        addresses = {where.laddr.ip for where in psutil.net_connections() if where.pid in _below() and where.laddr}
        assert {address.removeprefix("::ffff:") for address in addresses} <= {"127.0.0.1"}
        raise ValueError("the body failed")
    assert _below() == others
    assert dict(os.environ) == before
    assert capfd.readouterr() == ("", "")
    assert list(tmp_path.iterdir()) == []


def test_a_setting_that_spark_refuses_is_told_with_its_reason():
    with (
        pytest.raises(SparkError, match="Invalid maximum heap size"),
        spark_session(Cluster(master="local[1]", conf=NO_MEMORY), name="t"),
    ):
        pass


def _below() -> set[int]:
    """Processes that this one started and that live."""
    found = psutil.Process().children(recursive=True)
    return {one.pid for one in found if one.status() != psutil.STATUS_ZOMBIE and "java" in one.name()}
