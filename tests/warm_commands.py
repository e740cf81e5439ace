"""Commands that start in a tenth of a second: forks of a process that has imported the libraries already.

Nearly all of a command's time is spent on importing ZenML, MLflow and scikit-learn. Each process that runs tests has
one *warm parent* (`tests.warm_parent`), which imports them once and forks for each command. `run_python` decides by
itself whether a command may run warm. `tests/e2e/test_warm_commands.py` shows that both kinds give the same output,
exit code and files.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

from commands.environment import QUIET
from sentiment.environment import ALWAYS, OF_OTHER_JOBS
from tests import warm_parent

INHERITED = ("PATH", "HOME", "LANG", "VIRTUAL_ENV")
"""Variables of the tests that commands get too."""
WARM_VARIABLES = (
    *INHERITED,
    *OF_OTHER_JOBS,
    *("COLUMNS", "NO_COLOR", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"),
    *("ZENML_ANALYTICS_OPT_IN", "ZENML_CONFIG_PATH", "ZENML_CUSTOM_SOURCE_ROOT"),
)
"""Variables that libraries read when a command runs, or that a command removes first. So are those of the project."""
OUR_PREFIX = "SENTIMENT_"
LONGEST_ANSWER = 16
"""Bytes of a wait status."""


def why_cold(arguments: Sequence[str], variables: Mapping[str, str]) -> str | None:
    """Say why a command needs a Python of its own; None where a fork serves as well.

    This is the one place that decides it. Tests about the process itself start it with `subprocess` and never come
    here: signals and kills, how Python ends, servers in the foreground, other users, mounts, replaced libraries.

    Args:
        arguments: What stands behind ``python``.
        variables: The environment of the command.
    """
    if sys.platform != "linux":
        return "frameworks of macOS do not survive a fork, and a pidfd is Linux's"
    if arguments[0].startswith("-") and arguments[0] != "-c":
        return "options of Python itself are read when it starts, among them those that time imports"
    if {"-v", "--verbose"} & set(arguments):
        return "libraries decide when they are imported how much they say"
    others = [name for name in variables if name not in WARM_VARIABLES and not name.startswith(OUR_PREFIX)]
    if others:
        return f"Python and the libraries read variables when they start: {', '.join(others)}"
    return None


def run_python(
    arguments: Sequence[str], *, cwd: Path, env: Mapping[str, str], timeout: float = 540
) -> subprocess.CompletedProcess[str]:
    """Run Python as `subprocess.run` does, without standard input, and give what it prints as text.

    Args:
        arguments: What stands behind ``python``.
        cwd: The working folder.
        env: The whole environment.
        timeout: Seconds after which the command is killed.

    Raises:
        TimeoutExpired: The command took longer.
    """
    if why_cold(arguments, env) is None:
        return _warm_parent().run(arguments, cwd, env, timeout)
    return run_cold(arguments, cwd=cwd, env=env, timeout=timeout)


def run_cold(
    arguments: Sequence[str], *, cwd: Path, env: Mapping[str, str], timeout: float = 540
) -> subprocess.CompletedProcess[str]:
    """Do the same as `run_python`, in a Python that has imported nothing."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


class WarmParent:
    """The process that forks for each command. Several threads may use it at the same time.

    Args:
        python: The Python of the environment whose libraries it imports.
    """

    def __init__(self, python: str | Path = sys.executable) -> None:
        """Start it; the first command waits until it has imported the libraries."""
        self._orders, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._sending = threading.Lock()
        kept = {name: os.environ[name] for name in INHERITED if name in os.environ}
        quiet = {**ALWAYS, **QUIET, "ZENML_LOGGING_COLORS_DISABLED": "true"}  # as a command without a terminal has it
        with theirs:
            self._process = subprocess.Popen(
                [python, warm_parent.__file__, str(theirs.fileno())],
                env={**kept, **quiet, "ZENML_CONFIG_PATH": os.devnull},
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )

    def run(
        self, arguments: Sequence[str], cwd: Path, env: Mapping[str, str], timeout: float = 540
    ) -> subprocess.CompletedProcess[str]:
        """Run one command; see `run_python`."""
        order = warm_parent.Order(list(arguments), str(cwd), dict(env))
        answers, theirs = socket.socketpair()
        (out, out_end), (errors, errors_end) = os.pipe(), os.pipe()
        with answers:
            try:
                with theirs, self._sending:
                    ends = [out_end, errors_end, theirs.fileno()]
                    socket.send_fds(self._orders, [json.dumps(order._asdict()).encode()], ends)
            finally:
                os.close(out_end)
                os.close(errors_end)
            printed = [_Reader(end) for end in (out, errors)]
            lines = answers.makefile()
            child = int(lines.readline())
            answers.settimeout(timeout)
            try:
                status = int(lines.readline())
                texts = [reader.text(timeout) for reader in printed]
            except TimeoutError:
                with suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
                answers.settimeout(None)
                answers.recv(LONGEST_ANSWER)  # it has ended
                raise subprocess.TimeoutExpired(list(arguments), timeout) from None
        return subprocess.CompletedProcess(list(arguments), os.waitstatus_to_exitcode(status), *texts)

    def close(self) -> None:
        """End it."""
        self._orders.close()
        self._process.wait()


@cache
def _warm_parent() -> WarmParent:
    parent = WarmParent()
    atexit.register(parent.close)
    return parent


class _Reader(threading.Thread):
    """Reads a pipe until everybody who may write to it has closed it, as `subprocess` does."""

    def __init__(self, pipe: int) -> None:
        super().__init__(daemon=True)
        self._pipe, self._text = pipe, ""
        self.start()

    def run(self) -> None:
        with os.fdopen(self._pipe, encoding="utf-8") as stream:
            self._text = stream.read()

    def text(self, timeout: float) -> str:
        """Wait until nothing can be written any more.

        Raises:
            TimeoutError: Somebody still holds the pipe open, such as a server that the command started.
        """
        self.join(timeout)
        if self.is_alive():
            raise TimeoutError
        return self._text
