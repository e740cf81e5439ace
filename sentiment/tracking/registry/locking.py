"""One lock for whoever changes what is in production."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from filelock import FileLock, Timeout

from sentiment.errors import RegistryError
from sentiment.tracking import MODEL_NAME
from sentiment.tracking.registry.tickets import ticket_lock

LOCK_SECONDS = 120
_ADVISORY_KEY = 0x5E_47_1E_47  # any number that nothing else in the database locks
_TICKETS = f"{MODEL_NAME}-lock"


@contextmanager
def registry_lock(tracking_uri: str, *, timeout: float = LOCK_SECONDS) -> Iterator[Callable[[], None]]:
    """Hold the only right to change the registry.

    A file beside SQLite, an advisory lock in PostgreSQL, tickets on a server (see `tracking.registry.tickets`).

    Args:
        tracking_uri: Of the store whose registry is changed.
        timeout: Seconds to wait for whoever holds it.

    Yields:
        A check to be called right before each write; it raises when the right was lost meanwhile.

    Raises:
        RegistryError: It was not free in time, or the store is of a kind that cannot be locked.
    """
    scheme = urlsplit(tracking_uri).scheme
    if scheme == "sqlite":
        with _file_lock(Path(tracking_uri.removeprefix("sqlite:///")), timeout) as held:
            yield held
    elif scheme.startswith("postgresql"):
        with _advisory_lock(tracking_uri, timeout) as held:
            yield held
    elif scheme in ("http", "https"):
        with ticket_lock(tracking_uri, _TICKETS, timeout=timeout) as held:
            yield held
    else:
        raise RegistryError(
            f"the registry of a {scheme!r} store cannot be locked; SQLite, PostgreSQL or an MLflow server expected"
        )


@contextmanager
def _file_lock(database: Path, timeout: float) -> Iterator[Callable[[], None]]:
    try:
        with FileLock(f"{database}.promotion.lock", timeout=timeout):
            yield lambda: None  # the system holds it for as long as this process lives
    except Timeout as error:
        raise RegistryError(
            f"somebody else has been changing the registry for {timeout:.0f} s (lock {error.lock_file}). Try again."
        ) from error


@contextmanager
def _advisory_lock(address: str, timeout: float) -> Iterator[Callable[[], None]]:
    """Hold PostgreSQL's advisory lock for as long as a connection of our own lives."""
    from sqlalchemy import create_engine, text
    from sqlalchemy.exc import OperationalError
    from sqlalchemy.pool import NullPool

    with create_engine(address, poolclass=NullPool).connect() as connection:
        connection.execute(text(f"SET lock_timeout = '{int(timeout * 1000)}ms'"))
        try:
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _ADVISORY_KEY})
        except OperationalError as error:
            raise RegistryError(
                f"somebody else has been changing the registry for {timeout:.0f} s. Try again."
            ) from error

        def require_connection() -> None:
            try:
                connection.execute(text("SELECT 1"))
            except OperationalError as error:
                raise RegistryError("the database that held the lock went away; nothing more was changed") from error

        yield require_connection
