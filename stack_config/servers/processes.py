"""Processes that outlive the command that started them, told apart from others that got their number later."""

from __future__ import annotations

from pathlib import Path

import psutil
from pydantic import BaseModel

from sentiment.service import processes

STOP_SECONDS = 30.0
_CLOCK_STEP = 5.0  # seconds by which the kernel's idea of a start and the one written down may differ


class Started(BaseModel):
    """A process that was started here.

    Attributes:
        created: When it began, in seconds since 1970; with the pid, it names one process for good.
    """

    pid: int
    created: float

    @classmethod
    def of(cls, pid: int) -> Started:
        """Remember a process that runs now."""
        return cls(pid=pid, created=psutil.Process(pid).create_time())

    def process(self) -> psutil.Process | None:
        """Give the process; None when it ended, whoever has its number now."""
        try:
            found = psutil.Process(self.pid)
            same = abs(found.create_time() - self.created) < _CLOCK_STEP
            return found if same and found.status() != psutil.STATUS_ZOMBIE else None
        except psutil.NoSuchProcess:
            return None


def stop(started: Started, *, with_signal: int) -> bool:
    """End a process and those it started; those that do not end in `STOP_SECONDS` are killed.

    Args:
        started: As it was remembered.
        with_signal: That asks it, and it alone, to end.

    Returns:
        Whether it ran.
    """
    holder = started.process()
    if holder is None:
        return False
    processes.end(holder.pid, lambda: holder.send_signal(with_signal), patience=STOP_SECONDS)
    return True


def last_lines(log: Path, count: int = 20) -> str:
    """Read the end of a log, indented; a sentence when there is none."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-count:]
    except OSError:
        lines = []
    return "\n".join(f"    {line}" for line in lines) or "    (it wrote nothing)"
