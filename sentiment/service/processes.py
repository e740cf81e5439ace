"""Processes of this machine: is it still the one that was started, and ending it with all that it started."""

from __future__ import annotations

import time
from collections.abc import Callable

import psutil

_LOOKS = 20
"""A process that goes on as another program, as servers of ZenML's do, has no arguments for a moment."""
_SECONDS_BETWEEN_LOOKS = 0.05


def runs(pid: int, *, named: str) -> bool:
    """Ask whether a process runs and is the one that is meant, not another that was given its number since.

    Args:
        pid: Of the process.
        named: What an argument of its command line holds, and no other program's does: an id, or a folder of its own.

    Returns:
        False too for one that has ended and that nobody has asked about yet.
    """
    try:
        process = psutil.Process(pid)
        for _ in range(_LOOKS):
            if process.status() == psutil.STATUS_ZOMBIE:
                return False
            if words := process.cmdline():
                return any(named in word for word in words)
            time.sleep(_SECONDS_BETWEEN_LOOKS)
    except psutil.Error:  # it is gone, or somebody else's
        return False
    return False  # a process of the system


def listens(pid: int, port: int) -> bool:
    """Ask whether a process, or one below it, is what listens on a port; where the system does not tell, it is.

    Args:
        pid: Of the process.
        port: Of this machine.
    """
    try:
        holder = psutil.Process(pid)
        connections = [
            one for process in (holder, *holder.children(recursive=True)) for one in process.net_connections()
        ]
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True
    return any(one.status == psutil.CONN_LISTEN and one.laddr.port == port for one in connections)


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
