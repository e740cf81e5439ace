"""`python run.py deploy`, `service`, `predict`: the champion as a server."""

from __future__ import annotations

import codecs
import sys
import time
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from commands.project import ROOT
from commands.stores import registry_to_look_at
from commands.terminal.output import console, json_option, print_json, tells
from commands.without_zenml import GroupWithoutZenML, WithoutZenML

if TYPE_CHECKING:
    from sentiment.service.client import Prediction
    from sentiment.service.current import CurrentService

_REVIEWS_A_REQUEST = 1_000
"""A server answers so many, with the words that moved each, well within the time that is waited for it."""


@click.command()
@click.option("--version", default="champion", show_default=True, help="Deploy this version: a number, or champion.")
@click.option(
    "--to",
    "target",
    type=click.Choice(["mlflow", "service", "zenml"]),
    help="MLflow's server, held by the stack's model deployer; the project's own, much faster service; or that, held "
    "by the stack's deployer, which is ZenML's way to serve."
    "  [default: mlflow where the stack has a model deployer]",
)
@json_option
def deploy(version: str, target: str | None, as_json: bool) -> None:
    """Put the champion into service: start, test, switch, and only then stop what served before.

    Example: python run.py deploy --version 3 --to service
    """
    service = _deploy(version, target)
    if as_json:
        print_json(_described(service))
        return
    click.echo(f"Version {service.version} ({service.name}) answers at {service.prediction_url}")
    click.echo('Try it: python run.py predict "I love this dress, it fits like a dream."')


@click.group(cls=GroupWithoutZenML, invoke_without_command=True)
@json_option
@click.pass_context
def service(ctx: click.Context, as_json: bool) -> None:
    """Show the service; exit code 1 when there is none or it is dead. Or one of the commands below.

    Example: python run.py service --json
    """
    if ctx.invoked_subcommand is not None:
        return
    current = _current()
    if as_json:
        print_json(_described(current) if current else {"health": "none"})
    elif current is None:
        click.echo("Nothing is in service: `python run.py deploy` starts the champion.")
    else:
        for name, value in _described(current).items():
            click.echo(f"{name.replace('_', ' ')}: {value}")
        tell_if_another_is_champion()
    if current is None or _health(current) != "healthy":
        sys.exit(1)


@service.command()
def stop() -> None:
    """Stop the service; requests in flight are finished.

    Example: python run.py service stop
    """
    from stack_config.active import active_stack_id, service_file

    current = _current()
    if current is None:
        click.echo("Nothing is in service.")
        return

    from sentiment.service.current import write_current
    from steps.deployment.servers import server_ids, stop_server

    write_current(service_file(active_stack_id(ROOT) or ""), None)
    for service_id in {current.service_id, *server_ids()}:
        stop_server(service_id)
    click.echo(f"Version {current.version} is no longer in service.")


@service.command()
def restart() -> None:
    """Start the version that is in service anew, and stop the old server when the new one answers.

    Example: python run.py service restart
    """
    current = _required()
    started = _deploy(current.version, current.target, again=True)
    click.echo(f"Version {started.version} answers at {started.prediction_url}")


@service.command(cls=WithoutZenML)
@click.option(
    "-n", "--lines", type=click.IntRange(1), default=50, show_default=True, help="Show so many lines from the end."
)
@click.option("-f", "--follow", is_flag=True, help="Go on until Ctrl-C.")
def logs(lines: int, follow: bool) -> None:
    """Show what the server had to say.

    Example: python run.py service logs
    """
    from collections import deque

    path = _required().log_file
    if not path.is_file():
        raise click.ClickException(f"{path} is gone; the server was removed")
    with path.open(encoding="utf-8", errors="replace") as log:
        for line in deque(log, maxlen=lines):
            click.echo(line, nl=False)
        while follow:
            click.echo(log.read(), nl=False)
            time.sleep(0.5)


@click.command(cls=WithoutZenML)
@click.argument("reviews", nargs=-1)
@click.option(
    "--file", type=click.File("rb"), help="Read the reviews from this file in UTF-8, one a line; - is standard input."
)
@click.option("--title", default="", help="The title of every review that is asked about.")
@click.option("--local", is_flag=True, help="Load the champion here instead of asking the service.")
@click.option(
    "--words",
    type=click.IntRange(0, 100),
    default=5,
    show_default=True,
    help="Show at most so many words that moved each verdict most.",
)
@json_option
def predict(reviews: tuple[str, ...], file: Any, title: str, local: bool, words: int, as_json: bool) -> None:
    """Say whether the customers who wrote REVIEWS would recommend the product.

    Example: python run.py predict "I love this dress, so soft!" --title "Perfect"
    """
    texts = _texts(reviews, file, title)
    if not texts:
        raise click.UsageError("no review was given: REVIEWS or --file expected")
    version, reads_titles, predictions = (_from_champion if local else _from_service)(texts, title, words)
    if reads_titles and not title.strip() and tells("hints"):
        click.echo("The model reads titles as well, and was given none: --title brings one.", err=True)
    if as_json:
        print_json(
            [
                {"review": text, "version": version, **prediction.model_dump(mode="json")}
                for text, prediction in zip(texts, predictions, strict=True)
            ]
        )
        return

    from commands.terminal.tables import predictions_table

    console().print(predictions_table(texts, predictions, version))


def tell_if_another_is_champion() -> None:
    """Say what is in service where it is not the champion: a change of the registry alone changes no server."""
    from sentiment.service.current import differs_from_champion

    current = _current()
    if current is not None and (said := differs_from_champion(current, registry_to_look_at().champion_number())):
        click.echo(said, err=True)


def _texts(reviews: tuple[str, ...], file: BinaryIO | None, title: str) -> list[str]:
    """Give the reviews of the command line, then those of the file, a line each.

    Raises:
        InputError: Some cannot be scored; the first few are named, counted from 1.
    """
    from sentiment.errors import InputError
    from sentiment.phrases import some
    from sentiment.service.answers import unscorable

    named: list[tuple[str, str | bytes]] = [(f"review {number}", review) for number, review in enumerate(reviews, 1)]
    if file is not None:
        lines = file.read().removeprefix(codecs.BOM_UTF8).splitlines()
        named += [(f"{file.name}: line {number}", line) for number, line in enumerate(lines, 1)]
    texts, problems = [], []
    for name, given in named:
        try:
            texts.append(given if isinstance(given, str) else given.decode("utf-8"))
            problem = unscorable(texts[-1], title)
        except UnicodeDecodeError as error:
            problem = f"byte 0x{error.object[error.start]:02x} is not UTF-8; save the file as UTF-8"
        if problem:
            problems.append(f"{name}: {problem}")
    if problems:
        raise InputError(some(problems, between="; "))
    return texts


def _from_service(texts: list[str], title: str, words: int) -> tuple[str, bool, list[Prediction]]:
    from sentiment.service.client import ask

    current = _required()
    answers: list[Prediction] = []
    for start in range(0, len(texts), _REVIEWS_A_REQUEST):
        part = texts[start : start + _REVIEWS_A_REQUEST]
        answers += ask(current.address, part, [title] * len(part), words=words)
    return current.version, current.reads_titles, answers


def _from_champion(texts: list[str], title: str, words: int) -> tuple[str, bool, list[Prediction]]:
    from sentiment.models.files import load_scorer
    from sentiment.service.answers import Answerer
    from sentiment.service.client import Prediction
    from sentiment.tracking.registry.verification import model_files

    registry = registry_to_look_at()
    champion = registry.version("champion")
    with registry.files(champion) as files:
        answerer = Answerer(load_scorer(model_files(files)))
    predictions = [
        Prediction(
            probability=answer.probability,
            recommended=answer.recommended,
            known_words=answer.known_words,
            words=None if answer.moved_by is None else [(one.word, one.weight) for one in answer.moved_by],
        )
        for answer in answerer.answer(texts, [title] * len(texts), words=words)
    ]
    return champion.version, answerer.reads_titles, predictions


def _deploy(version: str, target: str | None, *, again: bool = False) -> CurrentService:
    from pipelines.launch import launch_deployment
    from steps.shared.registry import open_registry

    number = open_registry().version(version).version
    current = _current()
    serves = current is not None and current.version == number and target in (None, current.target)
    if not again and current is not None and serves and _health(current) == "healthy":
        click.echo(f"Version {number} is in service already.", err=True)
        return current
    return launch_deployment(number, target=target, tell_steps=tells("steps"))


def _current() -> CurrentService | None:
    from sentiment.service.current import read_current
    from stack_config.active import active_stack_id, service_file

    stack_id = active_stack_id(ROOT)
    return read_current(service_file(stack_id)) if stack_id else None


def _required() -> CurrentService:
    from sentiment.errors import ServiceError

    current = _current()
    if current is None:
        raise ServiceError("nothing is in service: `python run.py deploy` starts the champion")
    return current


def _described(current: CurrentService) -> dict[str, Any]:
    return {
        "health": _health(current),
        "address": current.prediction_url,
        **current.model_dump(mode="json", include={"version", "name", "stack", "target", "since", "pid", "log_file"}),
    }


def _health(current: CurrentService) -> str:
    """Tell a server that answers from one whose process ended, and from one that lives and does not answer."""
    from sentiment.service import processes
    from sentiment.service.client import is_healthy

    if not processes.runs(current.pid, named=str(current.service_id)):
        return "dead"
    return "healthy" if is_healthy(current.address) else "not answering"
