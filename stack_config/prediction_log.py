"""Where the prediction log lies: a folder, a database, or that of the team server on this machine."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sentiment.service.predictions import Store
    from sentiment.service.predictions.writing import Target

TEAM = "team"
"""The database that `stack up team` started; only the one who started it gets in, and there is no password."""


def open_log(where: str) -> Store:
    """Open a log to read it.

    Args:
        where: A folder, ``postgresql``, or ``team``.

    Raises:
        InputError: It is none that can be read, or what it needs is not there.
    """
    from sentiment.service.predictions.store import open_store

    return open_store(*located(where))


def open_log_target(where: str) -> Target:
    """Open a log to write to it; raises as `open_log`, and ``-`` and ``none`` are such places too."""
    from sentiment.service.predictions.store import open_target

    return open_target(*located(where))


def located(where: str) -> tuple[str, Mapping[str, str]]:
    """Give a place that `store.open_store` knows, and the environment that has the address.

    Raises:
        ConfigError: The team server was never brought up.
    """
    if where != TEAM:
        return where, os.environ
    from sentiment.errors import ConfigError
    from sentiment.service.predictions.store import ADDRESS_FILE_VARIABLE, ADDRESS_VARIABLE, POSTGRESQL
    from stack_config.team.folder import TeamFolder
    from stack_config.team.postgresql import PREDICTIONS, database_address

    folder = TeamFolder()
    if folder.state() is None:
        raise ConfigError(
            "there is no team server on this machine to record in; `python run.py stack up team` starts one"
        )
    address = database_address(folder, PREDICTIONS)
    return POSTGRESQL, {**os.environ, ADDRESS_VARIABLE: address, ADDRESS_FILE_VARIABLE: ""}
