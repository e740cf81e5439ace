"""Ending processes of this machine, with all that they started."""

from __future__ import annotations

from collections.abc import Callable

import psutil


def end(pid: int, ask: Callable[[], object], *, patience: float) -> None:
    """End a process and those below it; those that have not ended in time are killed.

    Args:
        pid: Of the process; nothing happens when there is none any more.
        ask: Asks it, and it alone, to end.
        patience: Seconds.
    """
    try:
        holder = psutil.Process(pid)
        processes = [holder, *holder.children(recursive=True)]
    except psutil.NoSuchProcess:
        return
    ask()
    _, alive = psutil.wait_procs(processes, timeout=patience)
    for process in alive:
        process.kill()
    psutil.wait_procs(alive, timeout=patience)
