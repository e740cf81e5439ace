"""Putting a version into service: check it, start it beside the old one, test it, switch, stop the old one."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Annotated

from pydantic import BaseModel
from zenml import log_metadata, step
from zenml.client import Client

from sentiment.errors import ServiceError
from sentiment.models.known_answers import KnownAnswer, differences
from sentiment.models.known_words import reads_titles
from sentiment.service.client import ask
from sentiment.service.current import CurrentService, write_current
from sentiment.tracking.registry.release import load_version
from sentiment.training.lineage import display_name
from stack_config.active import service_file
from steps.deployment import servers
from steps.deployment.server import Server
from steps.shared.registry import open_registry

DRAIN_SECONDS = 2.0
"""How long the old server still answers those who read its address just before the switch."""


class Deployable(BaseModel):
    """A version whose files were checked and loaded.

    Attributes:
        name: For people.
        known_answers: What a server of it must say.
        reads_titles: Whether its answers depend on the title.
    """

    version: str
    name: str
    known_answers: tuple[KnownAnswer, ...]
    reads_titles: bool = False


@step(enable_cache=False)
def verify(version: str) -> Annotated[Deployable, "deployable"]:
    """Check the files of a version (a number, or ``champion``) against their digests, and load them."""
    registry = open_registry()
    found = registry.version(version)
    model = load_version(registry, found)
    name = display_name(found.tags["candidate"], is_sample=found.tags["is_sample"] == "true")
    log_metadata({"version": found.version, "model": name, "threshold": model.threshold})
    return Deployable(
        version=found.version, name=name, known_answers=found.known_answers, reads_titles=reads_titles(model)
    )


@step(enable_cache=False)
def start_server(deployable: Deployable, target: str) -> Annotated[Server, "server"]:
    """Start a server of the version beside the one that is in service.

    Args:
        deployable: What it is to serve.
        target: ``mlflow``, held by the stack's model deployer; ``service``, the project's own; or ``zenml``, the
            project's own, held by the stack's deployer.
    """
    registry = open_registry()
    server = servers.start_server(target, registry, registry.version(deployable.version))
    log_metadata({"address": server.address, "pid": server.pid})
    return server


@step(enable_cache=False)
def smoke_test(server: Server, deployable: Deployable) -> Annotated[int, "answers"]:
    """Ask the new server what the model was asked when it was trained; stop it when an answer differs."""
    known = deployable.known_answers
    try:
        found = ask(server.address, [answer.review for answer in known], [answer.title for answer in known])
        wrong = differences(known, [prediction.probability for prediction in found])
        if wrong:
            raise ServiceError(f"the server of version {server.version} answers otherwise than it did: {wrong}")
    except BaseException:
        servers.stop_server(server.service_id)
        raise
    return len(known)


@step(enable_cache=False)
def switch(server: Server, deployable: Deployable, answers: int) -> Annotated[CurrentService, "service"]:
    """Make the new server the current one, then stop whatever served before.

    Args:
        server: Started and tested.
        deployable: What it serves.
        answers: Of the smoke test: this step comes after it.
    """
    stack = Client().active_stack_model
    service = CurrentService(
        **server.model_dump(),
        **deployable.model_dump(include={"name", "reads_titles"}),
        stack=stack.name,
        since=datetime.now(UTC),
    )
    write_current(service_file(str(stack.id)), service)
    older = [service_id for service_id in servers.server_ids() if service_id != server.service_id]
    if older:
        time.sleep(DRAIN_SECONDS)
    for service_id in older:
        servers.stop_server(service_id)
    log_metadata({"version": service.version, "address": service.address, "answers checked": answers})
    return service
