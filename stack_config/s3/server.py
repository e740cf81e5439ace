"""Bringing the S3 server up, and down again; what it kept is gone then, and so are the runs that refer to it."""

from __future__ import annotations

import secrets as random
import shutil

from sentiment import extras
from stack_config import secrets
from stack_config.probing import ask_object_store
from stack_config.s3.object_server import (
    FIRST_PORT,
    health,
    make_account_and_bucket,
    start_object_server,
    stop_object_server,
)
from stack_config.servers.folder import PortState, ServerFolder
from stack_config.servers.listening import free_port, wait_until_healthy
from stack_config.servers.processes import Started
from stack_config.servers.startable import Up

SECRET = "sentiment-s3"  # noqa: S105  (its name, not its value)
WHAT, LOST, ACTIVATES = "S3 server", "everything that was trained", True


class State(PortState):
    """What `stack up` started.

    Attributes:
        bucket: A new one each time: what ZenML found in an earlier one is not in this one.
    """

    bucket: str
    moto: Started | None = None


def bring_up() -> Up:
    """Start the server, unless it runs, with a new account and a new bucket.

    Raises:
        InputError: Its packages are not installed.
        ServiceError: It did not start; the message has its last log lines, and nothing of it was left running.
    """
    extras.require("s3", "the S3 server")
    folder = _folder()
    folder.make()
    with folder.alone():
        changes = secrets.encrypt_secrets()
        state = folder.state()
        if state is None or not _runs(state):
            _stop(folder, state)
            try:
                state = _start(folder, state, changes)
            except BaseException:
                _stop(folder, folder.state())
                raise
    told = [
        f"S3 is spoken at {state.address}. It keeps objects in memory: for trying it out.",
        "Train on it, now that its stack is this project's active one:",
        "  python run.py",
        "  python run.py stack down s3              # stops it; what was trained on it is gone",
        "  python run.py stack set-up local         # back to the stack of this machine",
    ]
    return Up(_values(folder, state), changes, told)


def take_down(*, delete_data: bool = False) -> list[str]:  # noqa: ARG001  (there is no data that could stay)
    """Stop the server; what was trained on it is gone.

    Returns:
        What was changed, a sentence each.
    """
    folder = _folder()
    if not folder.path.exists():
        return []
    with folder.alone():
        changes = _stop(folder, folder.state())
    shutil.rmtree(folder.path)
    return changes


def known_values() -> dict[str, str]:
    """Give the values for the stack's YAML of a server that was brought up; none when it never was."""
    folder = _folder()
    state = folder.state()
    return _values(folder, state) if state else {}


def _folder() -> ServerFolder[State]:
    return ServerFolder("s3", State)


def _values(folder: ServerFolder[State], state: State) -> dict[str, str]:
    database = folder.path / f"{state.bucket}.db"
    return {"S3_ENDPOINT": state.address, "S3_BUCKET": state.bucket, "MLFLOW_DATABASE": f"sqlite:///{database}"}


def _start(folder: ServerFolder[State], before: State | None, changes: list[str]) -> State:
    port, log = free_port(FIRST_PORT, before.port if before else None), folder.path / "moto.log"
    state = State(port=port, bucket=f"sentiment-{random.token_hex(6)}")
    state.moto = start_object_server(port, log)
    folder.remember(state)
    wait_until_healthy("moto", state.moto, health(state.address), log)
    key = make_account_and_bucket(state.address, state.bucket)
    secrets.remember(SECRET, {"s3_key": key.id, "s3_secret": key.secret})
    changes.append(f"started moto, with an empty bucket {state.bucket}")
    return state


def _runs(state: State) -> bool:
    if state.moto is None or state.moto.process() is None:
        return False
    key = secrets.recall(SECRET)
    return ask_object_store(state.address, state.bucket, key.get("s3_key"), key.get("s3_secret")).answers


def _stop(folder: ServerFolder[State], state: State | None) -> list[str]:
    """Stop the server where it runs, and delete the runs and versions whose files it had."""
    if state is None:
        return []
    stopped = state.moto is not None and stop_object_server(state.moto)
    for database in folder.path.glob("*.db*"):
        database.unlink()
    return [f"stopped moto; what was in bucket {state.bucket} is gone, and so are the runs and versions"] * stopped
