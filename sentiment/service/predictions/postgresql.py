"""The prediction log in PostgreSQL: two tables in a schema of their own, which several services share.

The one file that knows the driver. Records are written as the JSON that they are; PostgreSQL takes it apart.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import msgspec

from sentiment import extras
from sentiment.errors import ConfigError, ServiceError
from sentiment.service.predictions.folder import RETENTION
from sentiment.service.predictions.reading import Log
from sentiment.service.predictions.record import Feedback, Prediction, decode, encode
from sentiment.service.predictions.tables import migrate, version_of

_COLUMNS = ", ".join(Prediction.__struct_fields__)
_INSERT = f"""
WITH given AS MATERIALIZED (
    SELECT * FROM json_to_recordset(%s::json) AS given (
        kind text, id text, time timestamptz, version text, digest text, probability double precision,
        recommended boolean, characters integer, words integer, known_words integer, has_title boolean,
        review text, title text, milliseconds double precision
    )
), kept AS (
    INSERT INTO sentiment.predictions ({_COLUMNS})
    SELECT {_COLUMNS} FROM given WHERE kind = 'prediction' ON CONFLICT DO NOTHING
)
INSERT INTO sentiment.feedback (id, time, recommended)
SELECT id, time, recommended FROM given WHERE kind = 'feedback' ON CONFLICT DO NOTHING
"""  # noqa: S608  (the names are this module's own; what is written again after a doubtful end is there once)
_SETTINGS = {"connect_timeout": 3, "tcp_user_timeout": 5_000, "application_name": "customer-sentiment"}
_MOST_SECONDS_TO_WRITE = 5
_ROWS_AT_ONCE = 10_000
_NUL = b"\\u0000"


def require_driver() -> None:
    """Check that the driver is installed.

    Raises:
        InputError: It is not; the message has the command that installs it.
    """
    extras.require("postgresql", "a prediction log in PostgreSQL")


class PostgreSQL:
    """A database that keeps predictions; see `store.Store`.

    Args:
        address: ``postgresql://…``, as libpq has it; its variables and files (``PGPASSWORD``, ``~/.pgpass``) count too.
        source: Where the address was found, for people.

    Raises:
        InputError: The driver is not installed.
        ConfigError: It is no address; the message does not show it.
    """

    def __init__(self, address: str, source: str = "the address") -> None:
        require_driver()
        from psycopg2 import ProgrammingError
        from psycopg2.extensions import parse_dsn

        try:
            parts = parse_dsn(address)
        except ProgrammingError:  # its message repeats a part of the address, which may be the password
            raise ConfigError(
                f"{source} holds no address of a database; postgresql://USER:PASSWORD@HOST/DATABASE expected, with "
                "what is special in a name or password as %XX"
            ) from None
        self._address, self._secret = address, parts.get("password", "")
        self._where = f"PostgreSQL ({parts.get('host') or 'this machine'}, {parts.get('dbname') or 'its database'})"

    def __str__(self) -> str:
        return self._where

    def target(self) -> Table:
        """Give what a service writes to."""
        return Table(self)

    def connect(self) -> Any:
        """Open a connection that speaks UTF-8 and UTC; raises as the driver does."""
        import psycopg2

        connection = psycopg2.connect(self._address, **_SETTINGS)
        connection.set_client_encoding("UTF8")
        with connection, connection.cursor() as cursor:
            cursor.execute("SET TIME ZONE 'UTC'")
        return connection

    def reason(self, error: Exception) -> str:
        """Say in a line what the driver said, without a secret."""
        line = next(iter(str(error).strip().splitlines()), type(error).__name__)
        return line.replace(self._secret, "***") if self._secret else line

    def read(self, *, since: datetime | None = None) -> Log:
        """Read everything; see `store.Store`.

        Raises:
            ServiceError: The database does not answer, or refuses.
        """
        with self._reading() as connection:
            if not version_of(connection):
                return Log((), (), ())
            where = "WHERE time >= %s" if since else ""
            order = f"SELECT {_COLUMNS} FROM sentiment.predictions {where} ORDER BY time, id"  # noqa: S608
            predictions = [Prediction(*row) for row in _rows(connection, order, [since] if since else [])]
            order = "SELECT id, time, recommended FROM sentiment.feedback ORDER BY time, id"
            return Log(predictions, [Feedback(*row) for row in _rows(connection, order, [])], ())

    def latest(self, count: int) -> list[Prediction]:
        """Read the latest predictions; see `store.Store`, raises as `read`."""
        with self._reading() as connection:
            if not version_of(connection):
                return []
            order = f"SELECT {_COLUMNS} FROM sentiment.predictions ORDER BY time DESC, id LIMIT %s"  # noqa: S608
            return [Prediction(*row) for row in _rows(connection, order, [count])]

    def forget(self, identities: Collection[str], *, before: datetime | None = None) -> int:
        """Delete predictions and their feedback; see `store.Store`, raises as `read`."""
        with self._opened("changed") as connection, connection, connection.cursor() as cursor:
            if not version_of(connection):
                return 0
            chosen = "id = ANY(%(ids)s) OR id IN (SELECT id FROM sentiment.predictions WHERE time < %(before)s)"
            deleted = 0
            for table in ("feedback", "predictions"):
                values = {"ids": list(identities), "before": before}
                cursor.execute(f"DELETE FROM sentiment.{table} WHERE {chosen}", values)  # noqa: S608
                deleted += cursor.rowcount
            return deleted

    @contextmanager
    def _reading(self) -> Iterator[Any]:
        with self._opened("read") as connection:
            connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
            yield connection

    @contextmanager
    def _opened(self, done: str) -> Iterator[Any]:
        import psycopg2

        connection = None
        try:
            connection = self.connect()
            yield connection
        except psycopg2.Error as error:
            raise ServiceError(f"the predictions in {self} cannot be {done}: {self.reason(error)}") from None
        finally:
            if connection is not None:
                connection.close()


class Table:
    """Writes to a database, and makes its tables where they are not there; see `writing.Target`.

    Args:
        database: Which one.
        retention: Records that are older, by the database's clock, are deleted.
    """

    def __init__(self, database: PostgreSQL, *, retention: timedelta = RETENTION) -> None:
        self._database, self._retention = database, retention
        self._connection: Any = None

    def write(self, lines: Sequence[bytes]) -> None:
        """Keep records, all of them or none; those that are there already stay as they are."""
        records = b",".join(_without_nul(line) for line in lines).decode()
        self._run((_INSERT, [f"[{records}]"]))

    def tidy(self) -> None:
        """Delete what is older than it may be; see `writing.Target`."""
        self._run(
            *(
                (f"DELETE FROM sentiment.{table} WHERE time < now() - %s", [self._retention])  # noqa: S608
                for table in ("feedback", "predictions")
            )
        )

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _run(self, *orders: tuple[str, Sequence[object]]) -> None:
        """Run orders in one transaction.

        Raises:
            OSError: Nothing was done; it may be tried again.
            ValueError: The database will never take these values.
        """
        import psycopg2

        try:
            if self._connection is None:
                self._connection = self._prepared()
            with self._connection, self._connection.cursor() as cursor:
                for order, values in orders:
                    cursor.execute(order, values)
        except psycopg2.DataError as error:
            raise ValueError(f"{self._database}: {self._database.reason(error)}") from None
        except psycopg2.Error as error:
            self.close()
            raise OSError(f"{self._database}: {self._database.reason(error)}") from None

    def _prepared(self) -> Any:
        connection = self._database.connect()
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute("SELECT set_config('statement_timeout', %s, false)", [f"{_MOST_SECONDS_TO_WRITE}s"])
                cursor.execute("SHOW server_encoding")
                if (found := cursor.fetchone()[0]) != "UTF8":
                    raise OSError(f"{self._database} keeps text as {found}; a database in UTF8 expected")
            migrate(connection)
        except BaseException:
            connection.close()
            raise
        return connection


def _rows(connection: Any, order: str, values: Sequence[object]) -> Iterator[tuple[Any, ...]]:
    with connection.cursor(name="rows") as cursor:  # a cursor of the server's: a month of answers is not held twice
        cursor.itersize = _ROWS_AT_ONCE
        cursor.execute(order, values)
        yield from cursor


def _without_nul(line: bytes) -> bytes:
    """Write a record anew where a text has the character 0, which PostgreSQL cannot keep: U+FFFD stands for it."""
    if _NUL not in line:
        return line
    record = decode(line)
    texts = {name: value.replace("\0", "\ufffd") for name, value in _texts(record)}
    return encode(msgspec.structs.replace(record, **texts))


def _texts(record: Prediction | Feedback) -> Iterator[tuple[str, str]]:
    return ((name, value) for name, value in msgspec.structs.asdict(record).items() if isinstance(value, str))
