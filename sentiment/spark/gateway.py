"""The Java that a Spark session runs in: started quietly, and ended with the session.

PySpark starts one Java for a whole process, which writes hundreds of lines to standard error and stays. It has no
documented way to do otherwise, so parts of it are used about which nothing is promised. Without them, PySpark starts
Java in its own way.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sentiment.overrides import Override, find, fits

if TYPE_CHECKING:
    from pyspark import SparkContext

_SECONDS_TO_END = 10
_LOST = (
    "Spark's own lines go to standard error, and Java stays until the command ends: a second session of the command "
    "keeps the memory settings of the first"
)
LAUNCH = Override(
    module="pyspark.java_gateway",
    attribute="launch_gateway",
    parameters=("conf", "popen_kwargs"),
    why="it starts a Java whose output can go to a file",
    lost=_LOST,
    checked_with="pyspark 4.3.0",
)
INITIALIZE = Override(
    module="pyspark",
    attribute="SparkContext._ensure_initialized",
    parameters=("instance", "gateway", "conf"),
    why="it makes PySpark use the Java that was started",
    lost=_LOST,
    checked_with="pyspark 4.3.0",
)
GATEWAY = Override(
    module="pyspark",
    attribute="SparkContext._gateway",
    parameters=None,
    why="it is cleared when Java has ended, so that the next session starts another one",
    lost=_LOST,
    checked_with="pyspark 4.3.0",
)
JVM = Override(
    module="pyspark",
    attribute="SparkContext._jvm",
    parameters=None,
    why="it is cleared when Java has ended, so that the next session starts another one",
    lost=_LOST,
    checked_with="pyspark 4.3.0",
)
OVERRIDES = (LAUNCH, INITIALIZE, GATEWAY, JVM)


class Gateway:
    """Starts a Java for one session, and ends it.

    Attributes:
        started: Java runs, so that what fails from now on is not that it could not be started.
    """

    def __init__(self) -> None:
        self.started = False
        self._gateway: Any = None

    def context(self, settings: Mapping[str, str], seen: Mapping[str, str], log: Path) -> SparkContext:
        """Start Java, and open the context of a session in it.

        Args:
            settings: Every setting of Spark.
            seen: Those that may stand among the arguments of a process: all but secrets.
            log: Takes what Java writes.
        """
        from pyspark import SparkConf, SparkContext

        arguments = SparkConf(loadDefaults=False).setAll(list(seen.items()))
        if not all(list(map(fits, OVERRIDES))):  # each that does not fit is noted
            context = SparkContext(conf=arguments)
            self.started = True
            if settings == seen:
                return context
            context.stop()  # its Java stays, and takes the secrets without their being arguments of a process
            return SparkContext(conf=SparkConf().setAll(list(settings.items())))
        with log.open("wb") as file:
            self._gateway = find(LAUNCH)(arguments, {"stdout": file, "stderr": file})
        self.started = True
        find(INITIALIZE)(gateway=self._gateway)
        # A conf made now is one of Java's, which knows the user's spark-defaults.conf too.
        return SparkContext(conf=SparkConf().setAll(list(settings.items())))

    def end(self) -> None:
        """End the Java that was started here; the session was stopped before."""
        if self._gateway is None:
            return
        from pyspark import SparkContext

        self._gateway.shutdown()
        SparkContext._gateway = SparkContext._jvm = None  # so that the next session starts a Java with its settings
        _ended(self._gateway.proc)


def _ended(java: subprocess.Popen[bytes]) -> None:
    """Wait for Java, which ends when its standard input does."""
    if java.stdin:
        java.stdin.close()
    try:
        java.wait(_SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        java.kill()
        java.wait()
