"""Object stores, as the machines of Spark reach them: with the account that the environment of each has."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sentiment.errors import InputError

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

EXTRAS = {"s3": "s3", "s3a": "s3", "gs": "gcs"}
"""Schemes of addresses, and which of the project's extras reads and writes them."""
_PATIENCE = {"connect_timeout": 5, "read_timeout": 30, "retries": {"mode": "standard", "total_max_attempts": 3}}


def store_of(address: str) -> tuple[AbstractFileSystem, str]:
    """Open the store of an address; gives it, and what the store calls the objects.

    Raises:
        InputError: The scheme is not one of `EXTRAS`, or its extra is not installed.
    """
    scheme, _, path = address.partition("://")
    if scheme not in EXTRAS:
        known = ", ".join(f"{one}://" for one in EXTRAS)
        raise InputError(f"{address} is at {scheme}://, which is not known here; {known} are, and paths")
    import fsspec

    settings = {"config_kwargs": _PATIENCE} if EXTRAS[scheme] == "s3" else {}
    try:
        return fsspec.filesystem(scheme, use_listings_cache=False, **settings), path.rstrip("/")
    except ImportError as error:
        extra = EXTRAS[scheme]
        raise InputError(f"{address} needs the extra {extra}: `pip install '.[{extra}]'` brings it") from error


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
