"""Accounts of an MLflow server with basic authentication, written straight into its database.

MLflow would take the first password from a file or from the environment of the server, where it would stay readable
for as long as the server runs. Written here, a password passes through no file, argument or environment.
"""

from __future__ import annotations

import configparser
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Account:
    """Somebody who may use the server.

    Attributes:
        is_admin: May do everything, to other accounts too.
    """

    name: str
    password: str = field(repr=False)
    is_admin: bool


def write_settings(path: Path, *, database: str, admin: str) -> None:
    """Write the server's configuration of accounts; there is no secret in it.

    Args:
        path: Of the file, which ``MLFLOW_AUTH_CONFIG_PATH`` names.
        database: Address of the database that keeps accounts and permissions.
        admin: Name of the first account; MLflow refuses to start without.
    """
    settings = configparser.ConfigParser(interpolation=None)
    settings["mlflow"] = {
        "default_permission": "READ",  # whoever made something manages it; others may look
        "database_uri": database,
        "admin_username": admin,
        "authorization_function": "mlflow.server.auth:authenticate_request_basic_auth",
        # Checking a password costs a tenth of a second on purpose. One process serves, so nothing goes stale.
        "auth_cache_ttl_seconds": "300",
    }
    with path.open("w", encoding="utf-8") as file:
        settings.write(file)


def ensure_accounts(database: str, accounts: Sequence[Account]) -> None:
    """Create accounts, or give those there are the passwords named here.

    Args:
        database: As in `write_settings`.
        accounts: All of them may be there already.
    """
    from mlflow.server.auth.sqlalchemy_store import SqlAlchemyStore

    store = SqlAlchemyStore()
    store.init_db(database)  # type: ignore[no-untyped-call]  # MLflow gives it no types
    try:
        for account in accounts:
            if store.has_user(account.name):
                store.update_user(account.name, password=account.password, is_admin=account.is_admin)
            else:
                store.create_user(account.name, account.password, is_admin=account.is_admin)
    finally:
        store.engine.dispose()
