"""Running the application: one process, one worker, until it is told to end."""

from __future__ import annotations

import ipaddress
import logging
import signal
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import uvicorn

from sentiment.errors import InputError, ServiceError
from sentiment.service.application.app import create_app
from sentiment.service.application.connections import Idle, allow_many
from sentiment.service.application.guard import Guard
from sentiment.service.application.protocol import protocol
from sentiment.service.predictions.writing import Writing
from sentiment.service.served import Served
from sentiment.service.settings import Limits, Settings

GRACE_SECONDS = 5
"""That requests in flight have when the service is told to end; what is recorded is written after that."""
_BACKLOG = 2048
_ACCEPTED_AT_ONCE = 16
"""uvloop accepts one connection a socket in each turn: with one socket, new ones wait for seconds in a busy service."""


@dataclass(frozen=True)
class Address:
    """Where to listen.

    Attributes:
        port: 0 for any that is free.
        trusted_proxies: Addresses whose ``X-Forwarded-*`` headers are believed.
    """

    host: str
    port: int
    trusted_proxies: Sequence[str] = ()


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a host's address."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def serve(
    load: Callable[[], Served],
    settings: Settings,
    log: Writing,
    address: Address,
    on_listening: Callable[[str, int], None],
) -> None:
    """Serve until SIGTERM or Ctrl-C; requests in flight are answered, and every answer is in the log.

    Args:
        load: See `create_app`.
        settings: Of the application.
        log: Of predictions.
        address: Where to listen.
        on_listening: Told the host and the port, before the model is loaded.

    Raises:
        InputError: The port is taken, or the host is none of this machine.
        ServiceError: The installed uvicorn does not let idle connections be closed.
        SentimentError: The model cannot be served; whatever else `load` raised is raised too.
    """
    listening = listen(address)
    failures: list[Exception] = []
    app = create_app(load, settings, log, failures.append)
    on_listening(address.host, listening.getsockname()[1])
    run(app, settings.limits, listening, failures, address.trusted_proxies)


def run(
    app: Guard, limits: Limits, listening: socket.socket, failures: list[Exception], trusted_proxies: Sequence[str] = ()
) -> None:
    """Run an application until SIGTERM or Ctrl-C, with limits for its connections.

    Args:
        app: The application.
        limits: Of connections.
        listening: The socket, which is closed in the end.
        failures: The application ends when there is one.
        trusted_proxies: As `Address.trusted_proxies`.

    Raises:
        ServiceError: The installed uvicorn does not let idle connections be closed.
        Exception: The first of `failures`.
    """
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)  # uvicorn raises it again when it has ended
    idle = Idle(limits.seconds)

    async def look_at_connections() -> None:
        try:
            idle.close_old(server, time.monotonic())
        except ServiceError as error:
            failures.append(error)
        if failures:
            server.should_exit = True

    allow_many()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    config = uvicorn.Config(
        app,
        http=protocol(limits, app.refusal),
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        backlog=_BACKLOG,
        proxy_headers=bool(trusted_proxies),
        forwarded_allow_ips=list(trusted_proxies),
        timeout_graceful_shutdown=GRACE_SECONDS,
        h11_max_incomplete_event_size=limits.head_bytes,
        callback_notify=look_at_connections,  # uvicorn itself waits for a first request for ever
        timeout_notify=1,
    )
    server = uvicorn.Server(config)
    try:
        server.run(sockets=[listening, *(listening.dup() for _ in range(_ACCEPTED_AT_ONCE - 1))])
    except KeyboardInterrupt:
        pass  # as it was asked to
    finally:
        signal.signal(signal.SIGTERM, before)
        listening.close()
    if failures:
        raise failures[0]


def listen(address: Address) -> socket.socket:
    """Open the socket of an address.

    Raises:
        InputError: The port is taken, or the host is none of this machine.
    """
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    try:
        return socket.create_server((address.host, address.port), family=family, backlog=_BACKLOG)
    except (OSError, OverflowError) as error:
        raise InputError(
            f"{address.host} port {address.port} cannot be listened on: {error}; name another with --port or --host"
        ) from error
