"""moto behind a door: for programs of this machine that sign what they ask, not for web pages.

Alone it tells anybody on ``/moto-api`` all that it keeps, keys included, and lets web pages of any origin read that.
Run as ``python -m stack_config.s3.moto_server PORT``.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from typing import Any

from sentiment.environment import LOOPBACK
from sentiment.service.loopback import HOST

HEALTH = "/health"
_OF_MOTO_ITSELF = "/moto-api"

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def guarded(application: Application) -> Application:
    """Let through what a client of S3 asks, and say on `HEALTH` that the server is there."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path, host = environ["PATH_INFO"], environ.get("HTTP_HOST", "").partition(":")[0]
        if path == HEALTH:
            start_response("200 OK", [("Content-Type", "text/plain")])
            return [b"OK"]
        is_signed, is_of_a_page = "HTTP_AUTHORIZATION" in environ, "HTTP_ORIGIN" in environ
        if path.startswith(_OF_MOTO_ITSELF) or not is_signed or is_of_a_page or host not in LOOPBACK:
            start_response("403 Forbidden", [("Content-Type", "text/plain")])
            return [b"for clients of S3 on this machine only"]
        return application(environ, start_response)

    return answer


def main(port: int) -> None:
    """Serve on a port of this machine until the process is told to end."""
    os.environ["MOTO_PORT"] = str(port)  # before moto is imported
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
    from werkzeug.serving import run_simple

    application = guarded(DomainDispatcherApplication(create_backend_app))
    run_simple(HOST, port, application, threaded=True, request_handler=MotoRequestHandler)


if __name__ == "__main__":
    main(int(sys.argv[1]))
