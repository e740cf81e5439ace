"""MLflow's client, with our errors: what it raises when a store is away or busy, in words and in bounded time."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from filelock import FileLock
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from sentiment.errors import TrackingError
from sentiment.failures import in_words

NOT_FOUND = frozenset({"RESOURCE_DOES_NOT_EXIST"})
THERE_ALREADY = frozenset({"RESOURCE_ALREADY_EXISTS"})
_SQLITE = "sqlite:///"
_TRIES = 4
_PATIENCE = 15.0  # seconds after which a busy store is not asked again; each try waits for SQLite's own lock as well
_FIRST_PAUSE = 0.25  # seconds; doubled each time
_BUSY = ("database is locked", "database table is locked", "could not serialize access")
_COLLISION = ("UNIQUE constraint failed", "duplicate key value")
_AWAY = (
    "Connection refused",
    "Max retries exceeded",
    "Connection aborted",
    "could not connect",
    "connection failed",
    "server closed the connection",
    "Name or service not known",
    "timed out",
)


class Client:
    """An `mlflow.MlflowClient` whose calls are repeated while the store is busy.

    A call for something that is not there, or for making what is, raises MLflow's own error, which callers ask for;
    all else is a `TrackingError`.
    """

    def __init__(self, tracking_uri: str) -> None:
        self._address = without_password(tracking_uri)
        with _made_once(tracking_uri):
            self._client = self._patiently(MlflowClient, tracking_uri)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._client, name)
        return lambda *args, **kwargs: self._patiently(method, *args, **kwargs)

    def ensure(self, method: str, name: str, **described: str) -> None:
        """Make something by its name, with a method of the client; that it is there already is as good."""
        try:
            getattr(self, method)(name, **described)
        except MlflowException as error:
            if error.error_code not in THERE_ALREADY:
                raise

    def _patiently(self, call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        started = time.monotonic()
        for attempt in range(1, _TRIES + 1):
            try:
                return call(*args, **kwargs)
            except MlflowException as error:
                if error.error_code in NOT_FOUND | THERE_ALREADY:
                    raise
                patient = attempt < _TRIES and time.monotonic() - started < _PATIENCE
                if not (patient and _is_any(error, _BUSY + _COLLISION)):
                    raise self._explained(error) from error
            except (OSError, ConnectionError) as error:
                raise self._explained(error) from error
            time.sleep(_FIRST_PAUSE * 2**attempt)
        raise AssertionError("unreachable")

    def _explained(self, error: Exception) -> TrackingError:
        if _is_any(error, _BUSY):
            return TrackingError(f"{self._address} is locked by another process, and stayed so; try again in a while")
        if _is_any(error, _AWAY):
            return TrackingError(f"{self._address} does not answer; is the tracking server running?")
        return TrackingError(f"{self._address} refused: {in_words(str(error))}")


def _made_once(tracking_uri: str) -> AbstractContextManager[object]:
    """Let one process at a time open a database of this machine.

    The first one makes its tables, and MLflow does not expect to find them half made.
    """
    path = tracking_uri.removeprefix(_SQLITE)
    if path == tracking_uri:
        return nullcontext()
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    return FileLock(f"{path}.opening")


def without_password(address: str) -> str:
    """Give an address as it may be shown."""
    parts = urlsplit(address)
    if parts.password is None:
        return address
    return parts._replace(netloc=f"{parts.username}:…@{parts.hostname}:{parts.port or ''}").geturl()


def _is_any(error: Exception, signs: tuple[str, ...]) -> bool:
    return any(sign in str(error) for sign in signs)
