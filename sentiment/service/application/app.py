"""The application: routes, guard, and the model that is checked while it starts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from sentiment.service.application import openapi
from sentiment.service.application.guard import Guard
from sentiment.service.application.messages import Refused, failed
from sentiment.service.application.metrics import Metrics
from sentiment.service.application.routes import Routes
from sentiment.service.predictions.writing import Writing
from sentiment.service.served import Served
from sentiment.service.settings import Settings


def create_app(
    load: Callable[[], Served], settings: Settings, log: Writing, on_failure: Callable[[Exception], None]
) -> Guard:
    """Make an application; nothing is loaded or written before it is started.

    Args:
        load: Gives the model that is served, checked; called once, in a thread, while the application answers already
            that it is alive.
        settings: Limits and token.
        log: Where predictions are recorded; started and closed with the application.
        on_failure: Told when the model could not be loaded: the application never becomes ready then.
    """
    metrics = Metrics(log, settings.standing)
    routes = Routes(settings, log, metrics)
    handlers = [
        ("/predict", "GET", routes.ask),
        ("/predict", "POST", routes.predict),
        ("/feedback", "POST", routes.feedback),
        ("/invocations", "POST", routes.invocations),
        ("/ping", "GET", routes.ping),
        ("/health", "GET", routes.ping),
        ("/version", "GET", routes.mlflow_version),
        ("/health/live", "GET", routes.live),
        ("/health/ready", "GET", routes.ready),
        ("/model", "GET", routes.model),
        ("/metrics", "GET", routes.metrics),
    ]

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        log.start()
        loading = asyncio.create_task(_load(routes, load, on_failure))
        yield
        loading.cancel()
        await asyncio.to_thread(log.close)

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    for path, method, handler in handlers:
        app.add_route(path, handler, methods=[method])
    document = openapi.document(settings.limits, needs_token=settings.token is not None)

    async def described(_: Request) -> Response:
        return JSONResponse(document)

    async def read(_: Request) -> Response:
        return HTMLResponse(openapi.page(document))

    app.add_route("/openapi.json", described, methods=["GET"])
    app.add_route("/docs", read, methods=["GET"])
    methods: dict[str, list[str]] = {"/openapi.json": ["GET"], "/docs": ["GET"]}
    for path, method, _ in handlers:
        methods.setdefault(path, []).append(method)
    guard = Guard(app, settings, metrics, methods)

    async def refuse(request: Request, error: Exception) -> Response:
        status, headers, body = guard.refusal(_as_refused(error), request.url.path)
        return Response(body, status, headers)

    for kind in (HTTPException, Refused, Exception):
        app.add_exception_handler(kind, refuse)
    return guard


async def _load(routes: Routes, load: Callable[[], Served], on_failure: Callable[[Exception], None]) -> None:
    try:
        routes.served = await asyncio.to_thread(load)
    except Exception as error:  # whatever it is, somebody waits for this application to become ready
        on_failure(error)


def _as_refused(error: Exception) -> Refused:
    """Give ours for the framework's own refusals, of paths and methods, and for what nobody thought of."""
    if isinstance(error, Refused):
        return error
    if isinstance(error, HTTPException) and error.status_code == 405:
        return Refused(405, "wrong_method", "the path exists, but not for this method; /docs lists them")
    if isinstance(error, HTTPException):
        return Refused(404, "unknown_path", "there is no such path; /docs lists them")
    return failed("service", error)
