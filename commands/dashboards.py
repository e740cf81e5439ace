"""`python run.py dashboard`, `mlflow-ui`: what a person looks at."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

import click

from commands.terminal.output import json_option, print_json, tells, waiting_for
from sentiment.service.loopback import HOST

port_option = click.option(
    "--port", type=click.IntRange(1, 2**16 - 1), help="Listen on this port instead of the usual one."
)
open_option = click.option(
    "--open/--no-open", "opens", default=None, help="Open the page in the browser.  [default: on a desktop]"
)


@click.group(invoke_without_command=True)
@port_option
@open_option
@json_option
@click.pass_context
def dashboard(ctx: click.Context, port: int | None, opens: bool | None, as_json: bool) -> None:
    """Open ZenML's dashboard at the latest training or search; start its server on this machine if it does not run.

    Example: python run.py dashboard --no-open
    """
    if ctx.invoked_subcommand is not None:
        return
    with waiting_for("ZenML's server"):
        from pipelines import dashboards, zenml_server

        server = zenml_server.team_server() or zenml_server.start(port)
    run = dashboards.latest_training_run()
    page = dashboards.page_of(run, server) if run else server
    if as_json:
        print_json({"server": server, "run": run.name if run else None, "page": page})
    else:
        if run is None and tells("hints"):
            click.echo("Nothing was trained yet: `python run.py` does.")
        click.echo(page)
        if tells("hints") and zenml_server.team_server() is None:
            click.echo("It runs until `python run.py dashboard stop`; training needs it neither running nor stopped.")
            _tell_how_from_elsewhere(server)
    open_page(page, opens, as_json)


@dashboard.command()
def stop() -> None:
    """Stop ZenML's server on this machine; what was trained stays.

    Example: python run.py dashboard stop
    """
    from pipelines import zenml_server

    stopped = zenml_server.stop()
    click.echo("ZenML's server is stopped." if stopped else "No ZenML server of this machine runs.")


@click.command("mlflow-ui")
@port_option
@open_option
def mlflow_ui(port: int | None, opens: bool | None) -> None:
    """Show the runs in MLflow, the latest training's candidates side by side, until Ctrl-C.

    Example: python run.py mlflow-ui --port 5001
    """
    from sentiment.errors import ServiceError
    from sentiment.service.loopback import free_port
    from sentiment.tracking import ui
    from steps.shared.tracking import run_store

    store = run_store()
    pages = store.latest_pages() or ["/"]
    if ui.is_server(store.tracking_uri):
        _tell(store.tracking_uri.rstrip("/"), pages)
        open_page(store.tracking_uri.rstrip("/") + pages[0], opens)
        return
    chosen = free_port(port or ui.PORT, only=port is not None)
    address = f"http://{HOST}:{chosen}"
    with until_told_to_stop(), ExitStack() as server:
        with waiting_for("MLflow's server"):
            process = server.enter_context(ui.served(store.tracking_uri, chosen))
        if chosen != ui.PORT and port is None:
            click.echo(f"Port {ui.PORT} is taken by another program; MLflow listens on {chosen}.", err=True)
        _tell(address, pages)
        _tell_how_from_elsewhere(address)
        if tells("hints"):
            click.echo("Ctrl-C ends it.", err=True)
        open_page(address + pages[0], opens)
        raise ServiceError(f"MLflow's server ended by itself, with exit code {process.wait()}")


def _tell(server: str, pages: list[str]) -> None:
    for page in pages:
        click.echo(server + page)


def _tell_how_from_elsewhere(server: str) -> None:
    """Say to somebody who is here by SSH which port to forward: MLflow answers 403 under any other than its own."""
    if "SSH_CONNECTION" in os.environ and tells("hints"):
        port = urlsplit(server).port
        click.echo(f"From where you sit: ssh -L {port}:{HOST}:{port} …, with the same port on both sides.", err=True)


def open_page(page: str, wanted: bool | None, as_json: bool = False) -> None:
    """Open a page in the browser, where that was asked for or a person sits before a desktop."""
    has_desktop = sys.platform in ("darwin", "win32") or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))
    if wanted if wanted is not None else has_desktop and sys.stdout.isatty() and not as_json:
        click.launch(page)


@contextmanager
def until_told_to_stop() -> Iterator[None]:
    """End the body quietly on Ctrl-C, and when the process is told to end."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    except KeyboardInterrupt:
        return
    finally:
        signal.signal(signal.SIGTERM, before)
