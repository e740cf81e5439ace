"""A real PostgreSQL, on a socket of its own."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

if TYPE_CHECKING:
    import pgserver


@pytest.fixture(scope="session")
def postgresql() -> Iterator[pgserver.PostgresServer]:
    """The server; it runs, and not below pytest's own folder, which pytest closes to the user that it runs as."""
    pgserver = pytest.importorskip("pgserver", reason="there is no pgserver for this Python")
    # It logs once more when Python ends, to a stream that pytest has closed: a traceback after a run that passed.
    logging.getLogger(pgserver.__name__).setLevel(logging.WARNING)
    with tempfile.TemporaryDirectory(prefix="postgresql-") as folder:
        server = pgserver.get_server(folder)
        yield server
        server.cleanup()


@pytest.fixture
def database(postgresql: pgserver.PostgresServer) -> str:
    """The address of an empty database."""
    name = f"test_{uuid4().hex}"
    postgresql.psql(f"CREATE DATABASE {name};")
    return str(postgresql.get_uri(database=name))
