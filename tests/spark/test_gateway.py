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
import logging, psutil
from sentiment.spark.session import Cluster, spark_session
logging.basicConfig(level=logging.INFO)
cluster = Cluster(master="local[1]", conf={{"{SECRET}": "not to be seen"}})
for rows in (3, 4):
    with spark_session(cluster, name="t") as session:
        arguments = [word for process in psutil.Process().children(recursive=True) for word in process.cmdline()]
        print("ROWS", session.range(rows).count(), session.sparkContext.getConf().get("{SECRET}"))
        assert any("java" in word for word in arguments)
        assert not any("not to be seen" in word for word in arguments)
"""


@pytest.mark.parametrize(
    ("how", "override"),
    [("removed", LAUNCH), ("changed", LAUNCH), ("removed", INITIALIZE), ("removed", GATEWAY), ("removed", JVM)],
    ids=lambda value: value if isinstance(value, str) else value.attribute,
)
def test_sessions_open_without_it_one_after_the_other_and_their_secrets_stay_hidden(tmp_path, how, override):
    program = tmp_path / "sessions.py"
    program.write_text(SESSIONS)
    done = subprocess.run(
        [sys.executable, *released(how, override), str(program)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert [line for line in done.stdout.splitlines() if line.startswith("ROWS")] == [
        "ROWS 3 not to be seen",
        "ROWS 4 not to be seen",
    ]
    said = [line for line in done.stderr.splitlines() if "Not used" in line]
    assert len(said) == 1
    assert override.name in said[0]
    assert override.lost in said[0]
