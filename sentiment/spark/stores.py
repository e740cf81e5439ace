"""Object stores, as the machines of Spark reach them: with the account that the environment of each has."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sentiment import extras
from sentiment.errors import InputError

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

CLIENTS = {"s3": ("s3", "s3fs"), "s3a": ("s3", "s3fs"), "gs": ("gcs", "gcsfs")}
"""Schemes of addresses; for each, one of `extras.MODULES` and the module of it that reads and writes objects."""
_PATIENCE = {"connect_timeout": 5, "read_timeout": 30, "retries": {"mode": "standard", "total_max_attempts": 3}}


def store_of(address: str) -> tuple[AbstractFileSystem, str]:
    """Open the store of an address; gives it, and what the store calls the objects.

    Raises:
        InputError: The scheme is not one of `CLIENTS`, or its client is not installed.
    """
    require_client(address)
    import fsspec

    scheme, _, path = address.partition("://")
    settings = {"config_kwargs": _PATIENCE} if scheme != "gs" else {}
    return fsspec.filesystem(scheme, use_listings_cache=False, **settings), path.rstrip("/")


def require_client(address: str) -> None:
    """Check that the client of an address's store is installed; raises as `store_of`."""
    scheme = address.partition("://")[0]
    if scheme not in CLIENTS:
        known = ", ".join(f"{one}://" for one in CLIENTS)
        raise InputError(f"{address} is at {scheme}://, which is not known here; {known} are, and paths")
    extra, client = CLIENTS[scheme]
    extras.require(extra, address, client)


def read_object(store: AbstractFileSystem, path: str) -> bytes | None:
    """Read an object; None if it is not there."""
    try:
        content: bytes = store.cat_file(path)
    except FileNotFoundError:
        return None
    return content


@contextmanager
def told(what: str) -> Iterator[None]:
    """Say what went wrong in a store in one line, without a library's chain of causes.

    Raises:
        InputError: Instead of what a store's client raises.
    """
    try:
        yield
    except InputError:
        raise
    except Exception as error:
        text = " ".join(str(error).split()) or "nothing more is known"
        raise InputError(f"{what}: {type(error).__name__}: {text.partition('<?xml')[0][:300]}") from error
