"""`python run.py serve`: the project's own service, in the foreground."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from commands.given_files import GivenPath
from commands.predictions import PLACES, checked_place
from commands.project import PREDICTIONS, ROOT, monitoring_history
from commands.terminal.output import tells
from commands.without_zenml import WithoutZenML
from sentiment.environment import PREDICTIONS_VARIABLE

_DEFAULT_PORT = 8000


@click.command(cls=WithoutZenML)
@click.option(
    "--version",
    default="champion",
    show_default=True,
    help="Serve this version of the registry: a number, or champion.",
)
@click.option(
    "--model",
    "folder",
    type=GivenPath(),
    help="Serve what `download` wrote into this folder instead; needs no registry.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Listen on this address.")
@click.option(
    "--port",
    type=click.IntRange(0, 2**16 - 1),
    envvar="PORT",
    default=_DEFAULT_PORT,
    show_default=True,
    help="0 takes any that is free; the variable PORT is heeded.",
)
@click.option("--token-file", type=GivenPath(), help="Holds the token that requests must bring.")
@click.option("--no-token", is_flag=True, help="Let everybody ask, although others can reach this address.")
@click.option(
    "--predictions",
    metavar=f"{PLACES}|-|none",
    envvar=PREDICTIONS_VARIABLE,
    default=str(PREDICTIONS),
    show_default=".predictions",
    callback=checked_place,
    help="Where every answer is recorded: a folder, PostgreSQL, the team server's, standard output (-), or nowhere; "
    f"the variable {PREDICTIONS_VARIABLE} is heeded here and by whatever reads the answers. docs/service.md says more.",
)
@click.option("--no-log-text", is_flag=True, help="Record answers without what customers wrote.")
@click.option(
    "--limit",
    "limits",
    multiple=True,
    metavar="NAME=NUMBER",
    help="Take more or less than by default, such as reviews=50; repeatable, and heeded in the variable "
    "SENTIMENT_LIMITS, with spaces between. docs/service.md has their names.",
)
@click.option(
    "--allow-host",
    "hosts",
    multiple=True,
    metavar="NAME",
    help="Answer requests for this host name, and for no other name; repeatable, * for all, and heeded in the variable "
    "SENTIMENT_HOSTS, with spaces between.  [default: localhost on loopback without a token, else all]",
)
@click.option("--trust-proxy", multiple=True, metavar="ADDRESS", help="Believe its X-Forwarded headers; repeatable.")
@click.option("--started", type=GivenPath(), hidden=True, help="Write the address into this file.")
def serve(
    version: str,
    folder: Path | None,
    host: str,
    port: int,
    token_file: Path | None,
    no_token: bool,
    predictions: str,
    no_log_text: bool,
    limits: tuple[str, ...],
    hosts: tuple[str, ...],
    trust_proxy: tuple[str, ...],
    started: Path | None,
) -> None:
    """Serve a model over HTTP until Ctrl-C: the champion, or what `download` wrote.

    The token is read from --token-file or the variable SENTIMENT_TOKEN; elsewhere than on loopback it is required.

    A browser shows at /docs what it takes and answers.

    Example: python run.py serve --port 8000
    """
    sys.meta_path.insert(0, _WithoutPandas)

    from sentiment.atomic import write_atomically
    from sentiment.service.application.server import Address, is_loopback
    from sentiment.service.application.server import serve as run
    from sentiment.service.predictions.writing import Writing
    from sentiment.service.served import load_served
    from sentiment.service.settings import TOKEN_VARIABLE, Settings, hosts_of, limits_of, read_token
    from sentiment.service.standing import standing_beside
    from stack_config.prediction_log import open_log_target

    token = read_token(token_file, os.environ.get(TOKEN_VARIABLE))
    if token is None and not no_token and not is_loopback(host):
        raise click.UsageError(
            f"on {host} others can reach the service, so requests must bring a token: give --token-file or the "
            f"variable {TOKEN_VARIABLE}, or let everybody ask with --no-token"
        )
    token = None if no_token else token
    settings = Settings(
        limits=limits_of(os.environ, limits),
        token=token,
        log_text=not no_log_text,
        standing=standing_beside(monitoring_history()),
        hosts=hosts_of(os.environ, hosts, others_reach_it=token is not None or not is_loopback(host)),
    )

    def tell(at: str, chosen: int) -> None:
        listening = f"http://{f'[{at}]' if ':' in at else at}:{chosen}"
        if started is not None:
            write_atomically(started, listening)
        if tells("steps"):
            click.echo(f"Listening on {listening}; /docs says what it answers. Ctrl-C ends it.", err=True)

    log = Writing(open_log_target(predictions))
    with _folder_of(folder, version) as model:
        run(lambda: load_served(model), settings, log, Address(host, port, trust_proxy), tell)


@contextmanager
def _folder_of(folder: Path | None, version: str) -> Iterator[Path]:
    """Give the folder of a downloaded version; the registry's is downloaded for as long as it is served."""
    if folder is not None:
        yield folder
        return

    with tempfile.TemporaryDirectory() as made:
        downloaded = Path(made) / "version"
        # In a process of its own, so that this one, which may run for months, never holds MLflow or ZenML.
        run = [sys.executable, str(ROOT / "run.py"), "--quiet", "download", version, str(downloaded)]
        done = subprocess.run(run, stdout=subprocess.DEVNULL, check=False)  # noqa: S603
        if done.returncode:
            sys.exit(done.returncode)  # it has said why
        yield downloaded


class _WithoutPandas:
    """Tells whoever looks for pandas that it is not there.

    scikit-learn imports it where it can, which is a quarter of the start and of the memory; a service has no frames.
    """

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> None:
        """Refuse pandas, and leave everything else to others."""
        del path, target
        if name == "pandas":
            raise ModuleNotFoundError("the service does without pandas", name=name)
