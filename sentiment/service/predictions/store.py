"""Where the prediction log lies: one setting, heeded by all who write and read it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path
from typing import Protocol

from sentiment.environment import PREDICTIONS_VARIABLE
from sentiment.errors import ConfigError
from sentiment.service.predictions.folder import Segments
from sentiment.service.predictions.postgresql import PostgreSQL
from sentiment.service.predictions.reading import Log
from sentiment.service.predictions.record import Prediction
from sentiment.service.predictions.standard_output import StandardOutput
from sentiment.service.predictions.writing import Nowhere, Target

ADDRESS_VARIABLE, ADDRESS_FILE_VARIABLE = "SENTIMENT_DATABASE", "SENTIMENT_DATABASE_FILE"
POSTGRESQL, STANDARD_OUTPUT, NOWHERE = "postgresql", "-", "none"
_EXPECTED = "postgresql://USER:PASSWORD@HOST/DATABASE expected"


class Store(Protocol):
    """A prediction log that can be read again; as text it says where that is, without a secret."""

    def target(self) -> Target:
        """Give what a service writes to."""

    def read(self, *, since: datetime | None = None) -> Log:
        """Read all of it; nothing where nothing was recorded yet.

        Args:
            since: Leave out predictions before it, a time with a zone; feedback is kept.
        """

    def latest(self, count: int) -> list[Prediction]:
        """Read the latest predictions, newest first, however many there are."""

    def forget(self, identities: Collection[str], *, before: datetime | None = None) -> int:
        """Delete predictions for good, with what customers said about them; gives the number of records."""


def open_store(where: str, environment: Mapping[str, str]) -> Store:
    """Find the log that a setting names, to be read.

    Args:
        where: A folder, or ``postgresql``, whose address stands in the environment's `ADDRESS_VARIABLE`, or in the file
            that `ADDRESS_FILE_VARIABLE` names.
        environment: Of the process.

    Raises:
        ConfigError: What is named is not kept, or the address is none; it is not shown.
        InputError: PostgreSQL's driver is not installed.
    """
    if not is_kept(where):
        kept = "written to standard output" if where == STANDARD_OUTPUT else "not recorded"
        raise ConfigError(
            f"predictions are {kept} ({where!r}), so there is nothing to read; a folder or postgresql expected, in "
            f"--log or the variable {PREDICTIONS_VARIABLE}"
        )
    if where != POSTGRESQL:
        return Segments(Path(where))
    address, source = _address(environment)
    if not address.startswith(("postgresql://", "postgres://")):
        raise ConfigError(f"{source} holds no address of a database; {_EXPECTED}")
    return PostgreSQL(address, source)


def open_target(where: str, environment: Mapping[str, str]) -> Target:
    """Find what a setting names, to be written to: as `open_store`, or ``-`` or ``none``."""
    if where == STANDARD_OUTPUT:
        return StandardOutput()
    return Nowhere() if where == NOWHERE else open_store(where, environment).target()


def is_kept(where: str) -> bool:
    """Whether what is recorded at a place can be read there again."""
    return where not in (STANDARD_OUTPUT, NOWHERE)


def _address(environment: Mapping[str, str]) -> tuple[str, str]:
    """Read the address; gives where it was found too."""
    if named := environment.get(ADDRESS_FILE_VARIABLE):
        try:
            return Path(named).read_text(encoding="utf-8").strip(), named
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"the database's address cannot be read from {named}: {error}") from error
    if address := environment.get(ADDRESS_VARIABLE):
        return address.strip(), f"the variable {ADDRESS_VARIABLE}"
    raise ConfigError(
        f"predictions are recorded in PostgreSQL, and nothing says where that is: {_EXPECTED} in the variable "
        f"{ADDRESS_VARIABLE}, or in the file that {ADDRESS_FILE_VARIABLE} names"
    )
