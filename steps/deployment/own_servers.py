"""Servers of the project's own application, as processes of this machine: to start, to find and to stop."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from uuid import UUID, uuid4

from zenml.client import Client

from sentiment.atomic import write_atomically
from sentiment.service import processes
from sentiment.tracking.registry.parts import download
from sentiment.tracking.registry.store import Registry
from sentiment.tracking.registry.version import Version
from stack_config.active import service_file
from steps.deployment.inherited import NOT_INHERITED, ROOT
from steps.deployment.server import (
    SERVICE,
    START_SECONDS,
    STOP_SECONDS,
    Server,
    require_alive,
    wait_until_healthy,
)

_RECORD = "server.json"
_POLL_SECONDS = 0.05


def start(registry: Registry, version: Version) -> Server:
    """Start a server on a version's files, and wait until it is ready: its files checked, its known answers given.

    Args:
        registry: Has the version.
        version: Of the registered model.

    Raises:
        ServiceError: It did not become ready; it was removed, and the message has its last log lines.
    """
    service_id = uuid4()
    folder = _folder() / str(service_id)
    folder.mkdir(parents=True)
    try:
        download(registry, version, folder / "version")
        process = _run(folder)
        server = Server(
            service_id=service_id,
            address="",
            pid=process.pid,
            log_file=folder / "server.log",
            version=version.version,
            target=SERVICE,
        )
        write_atomically(folder / _RECORD, server.model_dump_json())
        server = server.model_copy(update={"address": _address(folder, server)})
        wait_until_healthy(server)
    except BaseException:
        stop(service_id)
        raise
    return server


def stop(service_id: UUID) -> None:
    """Stop a server and forget it; requests in flight are finished first, and one that is gone is only forgotten."""
    folder = _folder() / str(service_id)
    try:
        server = Server.model_validate_json((folder / _RECORD).read_bytes())
    except FileNotFoundError:
        server = None
    if server is not None and processes.runs(server.pid, named=str(service_id)):
        pid = server.pid
        processes.end(pid, lambda: os.kill(pid, signal.SIGTERM), patience=STOP_SECONDS)
    shutil.rmtree(folder, ignore_errors=True)


def ids() -> list[UUID]:
    """List the servers that were started on this stack, dead ones too."""
    return [UUID(path.name) for path in _folder().glob("*-*-*-*-*") if path.is_dir()]


def _folder() -> Path:
    return service_file(str(Client().active_stack_model.id)).with_suffix("")


def _run(folder: Path) -> subprocess.Popen[bytes]:
    order = ["serve", "--model", str(folder / "version"), "--port", "0", "--started", str(folder / "address")]
    environment = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
    with (folder / "server.log").open("wb") as log:
        return subprocess.Popen(  # noqa: S603
            [sys.executable, str(ROOT / "run.py"), *order],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # it outlives the command, and its terminal
        )


def _address(folder: Path, server: Server) -> str:
    """Wait until the server says where it listens; raises as `wait_until_healthy`."""
    deadline = time.monotonic() + START_SECONDS
    while not (folder / "address").exists():
        require_alive(server, deadline)
        time.sleep(_POLL_SECONDS)
    return (folder / "address").read_text(encoding="utf-8").strip()
