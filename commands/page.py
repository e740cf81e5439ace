"""`python run.py page`: the page for people."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import click

from commands.dashboards import open_option, open_page, port_option, until_told_to_stop
from commands.given_files import GivenPath
from commands.project import PREDICTIONS, ROOT, monitoring_history
from commands.terminal.output import tells, waiting_for
from commands.without_zenml import WithoutZenML
from sentiment.environment import LOOPBACK, PREDICTIONS_VARIABLE

_PORT = 8501
_SET = {
    "server.address": "127.0.0.1",  # without one, Streamlit asks a server elsewhere for its own address
    "server.headless": "true",
    "server.fileWatcherType": "none",
    "server.maxUploadSize": "50",
    "browser.gatherUsageStats": "false",
    "client.showErrorLinks": "false",
    "client.showErrorDetails": "none",
    "client.toolbarMode": "minimal",
    "client.disableDataExport": "true",
}


@click.command(cls=WithoutZenML)
@click.option(
    "--service", "address", help="The address of the service.  [default: the one that is in service on this stack]"
)
@click.option("--token-file", type=GivenPath(), help="Holds the token that the service asks for.")
@port_option
@open_option
def page(address: str | None, token_file: Path | None, port: int | None, opens: bool | None) -> None:
    """Show the page for people until Ctrl-C: a review or a file, the words that moved a verdict, what is in production.

    It asks the project's own service, so `python run.py deploy --to service` or `serve` comes first. The token is read
    from --token-file or the variable SENTIMENT_TOKEN.

    Example: python run.py page --service http://127.0.0.1:8000
    """
    from sentiment import extras
    from sentiment.errors import InputError, ServiceError
    from sentiment.service.foreground import running
    from sentiment.service.loopback import HOST, free_port
    from sentiment.service.predictions.store import is_kept, open_store
    from sentiment.service.settings import TOKEN_VARIABLE, read_token
    from sentiment.webapp.settings import VARIABLE, PageSettings
    from stack_config.active import active_stack_id, service_file
    from stack_config.prediction_log import located

    extras.require("page", "the page")
    if address is not None and not _is_address(address):
        raise InputError(f"--service {address!r} is no address; one such as http://127.0.0.1:8000 expected")
    read_token(token_file, os.environ.get(TOKEN_VARIABLE))  # the page reads it again; what is wrong is said now
    where, surroundings = located(os.environ.get(PREDICTIONS_VARIABLE) or str(PREDICTIONS))
    if is_kept(where):
        open_store(where, surroundings)  # as well
    stack = active_stack_id(ROOT) or "none"
    settings = PageSettings(
        address=address.rstrip("/") if address else None,
        current=service_file(stack),
        predictions=where if is_kept(where) else None,
        history=monitoring_history(),
        token_file=token_file.absolute() if token_file else None,
    )
    chosen = free_port(port or _PORT, only=port is not None)
    script = ROOT / "sentiment" / "webapp" / "page.py"
    given = [f"--{name}={value}" for name, value in (_SET | {"server.port": str(chosen)}).items()]
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    environment = {**surroundings, VARIABLE: settings.model_dump_json(), "PYTHONPATH": path}
    given += [f"--server.allowedHosts={host}" for host in LOOPBACK]  # else any name that leads here, by DNS rebinding
    command = [sys.executable, "-m", "sentiment.webapp.page_server", "run", str(script), *given]
    shown = f"http://{HOST}:{chosen}"
    with until_told_to_stop(), ExitStack() as stack_of:
        with waiting_for("the page"):
            process = stack_of.enter_context(running("the page", command, environment, f"{shown}/_stcore/health"))
        click.echo(shown)
        if tells("hints"):
            click.echo("Ctrl-C ends it.", err=True)
        open_page(shown, opens)
        raise ServiceError(f"the page ended by itself, with exit code {process.wait()}")


def _is_address(given: str) -> bool:
    try:
        parts = urlsplit(given)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a bracket or a port that is none
        return False
