"""A Spark session without the parts of PySpark that nothing is promised about: it works, and is less quiet."""

from __future__ import annotations

import subprocess
import sys

import pytest

from sentiment.spark.gateway import GATEWAY, INITIALIZE, JVM, LAUNCH
from tests.another_release import released
from tests.conftest import ROOT

SECRET = "spark.hadoop.fs.s3a.secret.key"
SESSIONS = f"""
import logging, sys
import psutil
from sentiment.spark.session import Cluster, spark_session
logging.basicConfig(level=logging.INFO)
cluster = Cluster(master="local[1]", conf={{"{SECRET}": "not to be seen"}})
for rows in range(1, int(sys.argv[1]) + 1):
    with spark_session(cluster, name="t") as session:
        below = [one for one in psutil.Process().children(recursive=True) if one.status() != psutil.STATUS_ZOMBIE]
        arguments = [word for process in below for word in process.cmdline()]
        print("ROWS", session.range(rows).count(), session.sparkContext.getConf().get("{SECRET}"))
        assert any("java" in word for word in arguments)
        assert not any("not to be seen" in word for word in arguments)
"""


@pytest.mark.parametrize(
    ("how", "override", "sessions"),
    [
        ("removed", LAUNCH, 2),
        ("changed", LAUNCH, 1),
        ("removed", INITIALIZE, 1),
        ("changed", INITIALIZE, 1),
        ("removed", GATEWAY, 1),
        ("removed", JVM, 1),
    ],
    ids=lambda value: getattr(value, "attribute", value),
)
def test_sessions_open_without_it_one_after_the_other_and_their_secrets_stay_hidden(tmp_path, how, override, sessions):
    program = tmp_path / "sessions.py"
    program.write_text(SESSIONS)
    done = subprocess.run(
        [sys.executable, *released(how, override), str(program), str(sessions)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    counted = [line for line in done.stdout.splitlines() if line.startswith("ROWS")]
    assert counted == [f"ROWS {rows} not to be seen" for rows in range(1, sessions + 1)]
    said = [line for line in done.stderr.splitlines() if "Not used" in line]
    assert len(said) == 1
    assert override.name in said[0]
    assert override.lost in said[0]
