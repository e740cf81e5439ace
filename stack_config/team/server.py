"""Bringing the team server up, and down again."""

from __future__ import annotations

import secrets as random
import shutil

from sentiment import extras
from sentiment.tracking.accounts import Account, ensure_accounts, write_settings
from stack_config import secrets
from stack_config.servers.listening import answers, free_port, wait_until_healthy
from stack_config.servers.startable import Up
from stack_config.team.folder import State, TeamFolder
from stack_config.team.postgresql import PostgreSQL, find_binaries, running_database, stop_postgresql
from stack_config.team.tracking_server import FIRST_PORT, health, start_tracking_server, stop_tracking_server

SECRET = "sentiment-team"  # noqa: S105  (its name, not its value)
WHAT, LOST, ACTIVATES = "team server", "everything that was tracked, registered and recorded", False
ADMIN, PIPELINES = "admin", "pipelines"
"""The account of people who look after the server, and that of the pipelines, which may change only what they made."""
_PASSWORD_BYTES = 24


def bring_up() -> Up:
    """Start whatever of the server does not run, and wait until it is healthy.

    Raises:
        ServiceError: Something did not start; the message has its last log lines, and nothing of it was left running.
        InputError: Its packages are not installed.
        ConfigError: There is no PostgreSQL.
    """
    extras.require("team", "the team server")
    find_binaries()
    folder = TeamFolder()
    folder.make()
    with folder.alone():
        changes = secrets.encrypt_secrets()
        accounts = _accounts()
        state = folder.state()
        if state is None or not _runs(state):
            _stop_all(folder, state)
            try:
                state = _start(folder, state, accounts, changes)
            except BaseException:
                _stop_all(folder, folder.state())
                raise
        else:
            PostgreSQL(folder).create_databases()  # one that an earlier version started has fewer
    told = [
        f"MLflow answers at {state.address}; log in as {ADMIN}:",
        "  python run.py stack password team        # shows the password",
        "Train on it:",
        "  python run.py --stack team               # this once",
        "  python run.py stack set-up team          # from now on, in this project",
        "  python run.py stack down team            # stops it; the data stays",
    ]
    return Up(_values(state), changes, told)


def take_down(*, delete_data: bool = False) -> list[str]:
    """Stop what was started; the data stays unless `delete_data`.

    Returns:
        What was changed, a sentence each.
    """
    folder = TeamFolder()
    if not folder.path.exists():
        return []
    with folder.alone():
        changes = _stop_all(folder, folder.state())
        if delete_data:
            shutil.rmtree(folder.database, ignore_errors=True)
            secrets.forget(SECRET)
            changes.append("deleted runs, versions, files and accounts of the team server")
    if delete_data:
        shutil.rmtree(folder.path)
    return changes


def known_values() -> dict[str, str]:
    """Give the values for the stack's YAML of a server that was brought up; none when it never was."""
    state = TeamFolder().state()
    return _values(state) if state else {}


def _values(state: State) -> dict[str, str]:
    return {"MLFLOW_URL": state.address}


def credentials() -> dict[str, str]:
    """Read the passwords by account name; empty when the server was never up."""
    kept = secrets.recall(SECRET)
    return {kept[f"{part}username"]: kept[f"{part}password"] for part in ("admin_", "")} if kept else {}


def _start(folder: TeamFolder, before: State | None, accounts: list[Account], changes: list[str]) -> State:
    """Start both servers; the state is written after each step, so that whatever runs can be stopped."""
    database = PostgreSQL(folder)
    if database.initialise():
        changes.append(f"made a database in {folder.database}")
    state = State(port=free_port(FIRST_PORT, before.port if before else None), postgresql=database.start())
    folder.remember(state)
    database.create_databases()
    write_settings(folder.accounts_file, database=database.address("accounts"), admin=ADMIN)
    ensure_accounts(database.address("accounts"), accounts)
    state.mlflow = start_tracking_server(folder, state.port, database.address("mlflow"))
    folder.remember(state)
    wait_until_healthy("MLflow's server", state.mlflow, health(state.address), folder.mlflow_log)
    changes.append("started PostgreSQL and MLflow")
    return state


def _runs(state: State) -> bool:
    started = (state.postgresql, state.mlflow)
    return all(one is not None and one.process() for one in started) and answers(health(state.address))


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
