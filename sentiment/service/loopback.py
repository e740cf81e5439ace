"""Servers of this machine, for this machine alone: a port to listen on."""

from __future__ import annotations

import socket

from sentiment.errors import InputError

HOST = "127.0.0.1"
_TRIED = 100


def free_port(first: int, *, only: bool) -> int:
    """Find a port that nothing listens on.

    Args:
        first: The one to try first.
        only: Somebody asked for this very port; else the nearest above it will do.

    Raises:
        InputError: There is none.
    """
    tried = range(first, first + 1 if only else min(first + _TRIED, 2**16))
    for port in tried:
        if is_free(port):
            return port
    if only:
        raise InputError(f"port {first} is taken by another program; name another with --port, or leave it out")
    raise InputError(f"ports {tried[0]} to {tried[-1]} are all taken; name another with --port")


def is_free(port: int) -> bool:
    """Ask whether nothing listens on a port of this machine."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # one that was just closed is free
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
