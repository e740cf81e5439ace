"""A lock that any MLflow server can keep, without its database and without comparing clocks.

Whoever wants the lock draws a ticket: a version of a registered model that serves for nothing else. Their numbers only
rise, also when versions are deleted, and the server gives each once. The lowest ticket holds the lock; deleting it
passes the lock on. Everybody in the line renews a tag of the own ticket all the while. Who has watched the lowest
ticket for a lease, by the own clock, without seeing it renewed, deletes that very ticket: its holder is dead or cut
off. Deleting it twice does nothing, and a later holder has another number, so no wrong one can be hit. A holder that
was only cut off finds its ticket gone before it writes, and fails.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from uuid import uuid4

from mlflow.exceptions import MlflowException

from sentiment.errors import RegistryError, TrackingError
from sentiment.tracking.client import NOT_FOUND, Client

LEASE_SECONDS = 30.0
"""How long a ticket that is not renewed stays in the line."""
_RENEWALS_A_LEASE = 6
_POLL_SECONDS = 0.25
_RENEWED_TAG, _HOLDER_TAG = "renewed", "holder"
_SOURCE = "lock:///ticket"  # a version must name a place for its files; these have none


@contextmanager
def ticket_lock(
    tracking_uri: str, name: str, *, timeout: float, lease: float = LEASE_SECONDS
) -> Iterator[Callable[[], None]]:
    """Hold the lock called `name`.

    Args:
        tracking_uri: Of an MLflow server; the account must be one that may delete versions of the model `name`.
        name: Of the registered model whose versions are the tickets.
        timeout: Seconds to wait for whoever holds it.
        lease: Seconds after which a ticket that is not renewed is void; the same for everybody.

    Yields:
        A check to be called right before each write; it raises a `RegistryError` when the lock was lost.

    Raises:
        RegistryError: It was not free in time.
        TrackingError: The server does not answer, or does not let the account do this.
    """
    line = _Line(Client(tracking_uri), name)
    ticket = line.draw()
    stop = threading.Event()
    renewing = threading.Thread(target=line.renew_until, args=(stop, ticket, lease / _RENEWALS_A_LEASE), daemon=True)
    renewing.start()
    try:
        line.wait_for_turn(ticket, timeout, lease)
        yield lambda: line.require_held(ticket)
    finally:
        stop.set()
        renewing.join()
        with suppress(TrackingError):  # a server that is away: the lease ends without us
            line.delete(ticket)


class _Line:
    """The tickets of one lock, the lowest first."""

    def __init__(self, client: Client, name: str) -> None:
        self._client = client
        self._name = name

    def draw(self) -> int:
        """Join the end of the line."""
        self._client.ensure("create_registered_model", self._name)
        tags = {_HOLDER_TAG: f"process {os.getpid()} on {socket.gethostname()}", _RENEWED_TAG: uuid4().hex}
        return int(self._client.create_model_version(self._name, _SOURCE, tags=tags).version)

    def tickets(self) -> dict[int, dict[str, str]]:
        """Read the tags of each ticket by its number."""
        found = self._client.search_model_versions(f"name = '{self._name}'")
        return {int(one.version): dict(one.tags) for one in found}

    def wait_for_turn(self, ticket: int, timeout: float, lease: float) -> None:
        """Wait until nobody is in front."""
        deadline = time.monotonic() + timeout
        watched, since = ("", ""), time.monotonic()
        while (first := min(there := self.tickets(), default=None)) != ticket:
            if first is None or ticket not in there:
                raise self._lost()
            seen = (str(first), there[first].get(_RENEWED_TAG, ""))
            if seen != watched:
                watched, since = seen, time.monotonic()
            elif time.monotonic() - since > lease:
                self.delete(first)
            if time.monotonic() > deadline:
                holder = there[first].get(_HOLDER_TAG, "somebody else")
                raise RegistryError(
                    f"somebody else has been changing the registry for {timeout:.0f} s ({holder}). Try again."
                )
            time.sleep(_POLL_SECONDS)

    def require_held(self, ticket: int) -> None:
        """Make sure that the ticket is the first of the line."""
        if min(self.tickets(), default=None) != ticket:
            raise self._lost()

    def renew_until(self, stop: threading.Event, ticket: int, pause: float) -> None:
        """Show that this process lives; what cannot be shown is found out by `require_held`."""
        while not stop.wait(pause):
            with suppress(TrackingError, MlflowException):
                self._client.set_model_version_tag(self._name, str(ticket), _RENEWED_TAG, uuid4().hex)

    def delete(self, ticket: int) -> None:
        """Leave the line, or make somebody leave it; that it is gone already is as good."""
        try:
            self._client.delete_model_version(self._name, str(ticket))
        except MlflowException as error:
            if error.error_code not in NOT_FOUND:
                raise

    def _lost(self) -> RegistryError:
        return RegistryError(
            "the right to change the registry was lost, because this process did not reach the tracking server for too "
            "long; nothing more was changed. Try again."
        )
