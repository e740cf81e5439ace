"""Which of uvicorn's implementations of HTTP reads requests: the fast one with limits of this project, or the slow one.

uvicorn's implementation on httptools is fast, and has no limit for a request's head, its URL, its trailers, or for
requests that wait on a connection. `bounded` adds these limits. The one on h11 has such limits of its own.
"""

from __future__ import annotations

import asyncio
from asyncio import Protocol
from collections.abc import Callable, Sequence
from functools import partial
from typing import cast

import uvicorn
from uvicorn.server import ServerState

from sentiment.overrides import Override, fits, note
from sentiment.service.application.messages import Refused
from sentiment.service.settings import Limits

Refusal = Callable[[Refused, str], tuple[int, dict[str, str], bytes]]
"""Counts a refusal of a request for a path, and gives status, headers and body."""

_LOST = "requests are read with h11, which takes about twice as long for each"


def _part(attribute: str, parameters: tuple[str, ...] | None, *, of_instances: bool = False) -> Override:
    return Override(
        module="uvicorn.protocols.http.httptools_impl",
        attribute=attribute,
        parameters=parameters,
        why="the limits of a connection are checked in it: bytes of a head, waiting requests, answers not taken",
        lost=_LOST,
        checked_with="uvicorn 0.54.0",
        of_instances=of_instances,
        is_limit=True,
    )


OVERRIDES = (
    _part("HttpToolsProtocol", ("config", "server_state", "app_state", "_loop")),
    _part("HttpToolsProtocol.data_received", ("self", "data")),
    _part("HttpToolsProtocol.on_message_begin", ("self",)),
    _part("HttpToolsProtocol.on_headers_complete", ("self",)),
    _part("HttpToolsProtocol.on_body", ("self", "body")),
    _part("HttpToolsProtocol.on_message_complete", ("self",)),
    _part("HttpToolsProtocol.on_response_complete", ("self",)),
    _part("HttpToolsProtocol._unset_keepalive_if_required", ("self",)),
    _part("RequestResponseCycle", None),
    *(
        _part(f"HttpToolsProtocol.{name}", None, of_instances=True)
        for name in ("cycle", "flow", "headers", "loop", "parser", "pipeline", "transport")
    ),
)


def protocol(limits: Limits, refusal: Refusal) -> type[Protocol] | str:
    """Give what uvicorn's setting ``http`` takes.

    Args:
        limits: Of one connection, and of all connections together.
        refusal: Writes the answer to a request that is over a limit.

    Returns:
        What makes the protocol of a connection; ``h11`` where the installed uvicorn is not as expected, which is noted.
    """
    if not all(list(map(fits, OVERRIDES))) or not _are_there([one for one in OVERRIDES if one.of_instances]):
        return "h11"

    from sentiment.service.application.bounded import Bounded, Held

    made = partial(Bounded, limits=limits, held=Held(limits.held_bytes // 2), refusal=refusal)
    return cast("type[Protocol]", made)  # uvicorn only calls it


def _are_there(parts: Sequence[Override]) -> bool:
    """Whether an object of uvicorn's class has these attributes; the first that is missing is noted."""
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

    async def nothing(scope: object, receive: object, send: object) -> None:
        """Answer nothing: there is no connection."""

    config = uvicorn.Config(nothing, ws="none", lifespan="off", log_config=None)
    loop = asyncio.new_event_loop()
    try:
        made = HttpToolsProtocol(config, ServerState(), {}, loop)
    finally:
        loop.close()
    for part in parts:
        if not hasattr(made, part.attribute.rpartition(".")[2]):
            note(part, "it is missing")
            return False
    return True
