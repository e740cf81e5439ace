"""Bringing the team server up, and down again."""

from __future__ import annotations

import secrets as random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from sentiment.errors import ServiceError
from sentiment.tracking.accounts import Account, ensure_accounts, write_settings
from stack_config import secrets
from stack_config.team.folder import State, TeamFolder
from stack_config.team.postgresql import PostgreSQL, running_database, stop_postgresql
from stack_config.team.tracking_server import (
    answers,
    free_port,
    start_tracking_server,
    stop_tracking_server,
    wait_until_healthy,
)

SECRET = "sentiment-team"  # noqa: S105  (its name, not its value)
ADMIN, PIPELINES = "admin", "pipelines"
"""The account of people who look after the server, and that of the pipelines, which may change only what they made."""
_PASSWORD_BYTES = 24


def bring_up() -> tuple[State, list[str]]:
    """Start whatever of the server does not run, and wait until it is healthy.

    Returns:
        What runs now, and what was changed, a sentence each.

    Raises:
        ServiceError: Something did not start; the message has its last log lines, and nothing of it was left running.
        ConfigError: There is no PostgreSQL.
    """
    folder = TeamFolder()
    folder.make()
    with _alone(folder):
        changes = secrets.encrypt_secrets()
        accounts = _accounts()
        state = folder.state()
        if state is not None and _runs(state):
            return state, changes
        _stop_all(folder, state)
        try:
            return _start(folder, state, accounts, changes), changes
        except BaseException:
            _stop_all(folder, folder.state())
            raise


def take_down(*, delete_data: bool = False) -> list[str]:
    """Stop what was started; the data stays unless `delete_data`.

    Returns:
        What was changed, a sentence each.
    """
    folder = TeamFolder()
    if not folder.path.exists():
        return []
    with _alone(folder):
        changes = _stop_all(folder, folder.state())
        if delete_data:
            shutil.rmtree(folder.database, ignore_errors=True)
            secrets.forget(SECRET)
            changes.append("deleted runs, versions, files and accounts of the team server")
    if delete_data:
        shutil.rmtree(folder.path)
    return changes


def credentials() -> dict[str, str]:
    """Read the passwords by account name; empty when the server was never up."""
    kept = secrets.recall(SECRET)
    return {kept[f"{part}username"]: kept[f"{part}password"] for part in ("admin_", "")} if kept else {}


def _start(folder: TeamFolder, before: State | None, accounts: list[Account], changes: list[str]) -> State:
    """Start both servers; the state is written after each step, so that whatever runs can be stopped."""
    database = PostgreSQL(folder)
    if database.initialise():
        changes.append(f"made a database in {folder.database}")
    state = State(port=free_port(before.port if before else None), postgresql=database.start())
    folder.remember(state)
    database.create_databases()
    write_settings(folder.accounts_file, database=database.address("accounts"), admin=ADMIN)
    ensure_accounts(database.address("accounts"), accounts)
    state.mlflow = start_tracking_server(folder, state.port, database.address("mlflow"))
    folder.remember(state)
    wait_until_healthy(folder, state.mlflow, state.address)
    changes.append("started PostgreSQL and MLflow")
    return state


def _runs(state: State) -> bool:
    started = (state.postgresql, state.mlflow)
    return all(one is not None and one.process() for one in started) and answers(state.address)


def _stop_all(folder: TeamFolder, state: State | None) -> list[str]:
    changes = []
    if state is not None:
        if state.mlflow and stop_tracking_server(state.mlflow):
            changes.append("stopped MLflow")
        database = running_database(folder) or state.postgresql
        if database and stop_postgresql(database):
            changes.append("stopped PostgreSQL")
        folder.remember(State(port=state.port))
    return changes


def _accounts() -> list[Account]:
    """Name the accounts, with the passwords that ZenML keeps, or new ones."""
    kept = secrets.recall(SECRET)
    if not kept:
        kept = {
            "username": PIPELINES,
            "password": random.token_urlsafe(_PASSWORD_BYTES),
            "admin_username": ADMIN,
            "admin_password": random.token_urlsafe(_PASSWORD_BYTES),
        }
        secrets.remember(SECRET, kept)
    return [
        Account(kept["admin_username"], kept["admin_password"], is_admin=True),
        Account(kept["username"], kept["password"], is_admin=False),
    ]


@contextmanager
def _alone(folder: TeamFolder) -> Iterator[None]:
    try:
        with FileLock(folder.lock_file, timeout=0):
            yield
    except Timeout as error:
        raise ServiceError(
            f"somebody else is starting or stopping the team server (lock {folder.lock_file}); try again in a while"
        ) from error
