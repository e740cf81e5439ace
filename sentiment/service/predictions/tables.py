"""The tables of the prediction log in PostgreSQL, and how those of an earlier version become today's."""

from __future__ import annotations

from typing import Any

MIGRATIONS = (
    """
    CREATE TABLE sentiment.predictions (
        id text PRIMARY KEY,
        time timestamptz NOT NULL,
        version text NOT NULL,
        digest text NOT NULL,
        probability double precision NOT NULL,
        recommended boolean NOT NULL,
        characters integer NOT NULL,
        words integer NOT NULL,
        known_words integer NOT NULL,
        has_title boolean NOT NULL,
        review text,
        title text,
        milliseconds double precision
    );
    CREATE INDEX predictions_time ON sentiment.predictions (time);
    CREATE TABLE sentiment.feedback (
        id text NOT NULL,
        time timestamptz NOT NULL,
        recommended boolean NOT NULL,
        PRIMARY KEY (id, time, recommended)
    );
    """,
)
"""What leads from each version of the tables to the next; only ever added to."""
_LOCK = 0x5E_47_1E_48  # any number that nothing else in the database locks


def migrate(connection: Any) -> None:
    """Make the tables, or bring those of an earlier version up to date; two at once wait for each other.

    Raises:
        OSError: They are of a newer version than this one.
    """
    with connection, connection.cursor() as cursor:
        if (found := version_of(connection)) < len(MIGRATIONS):
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            found = version_of(connection)
            if found == 0:
                cursor.execute("SELECT count(*) FROM pg_namespace WHERE nspname = 'sentiment'")
                if not cursor.fetchone()[0]:  # whoever may use one need not be one who may make one
                    cursor.execute("CREATE SCHEMA sentiment")
                cursor.execute("CREATE TABLE sentiment.tables (version integer NOT NULL)")
                cursor.execute("INSERT INTO sentiment.tables VALUES (0)")
            for order in MIGRATIONS[found:]:
                cursor.execute(order)
                cursor.execute("UPDATE sentiment.tables SET version = version + 1")
    if found > len(MIGRATIONS):
        raise OSError(f"the tables are of version {found}, and this one knows {len(MIGRATIONS)}; upgrade the service")


def version_of(connection: Any) -> int:
    """Read which version the tables are of; 0 where there are none."""
    with connection.cursor() as cursor:
        # A query, because `to_regclass` may still say what was true before the lock was waited for.
        cursor.execute("SELECT count(*) FROM pg_tables WHERE (schemaname, tablename) = ('sentiment', 'tables')")
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute("SELECT version FROM sentiment.tables")
        return int(cursor.fetchone()[0])
