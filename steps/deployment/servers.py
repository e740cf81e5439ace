"""The servers of a stack, whatever holds them: a target is a module with ``start``, ``stop`` and ``ids``."""

from __future__ import annotations

from contextlib import suppress
from typing import Protocol
from uuid import UUID

from zenml.client import Client
from zenml.enums import StackComponentType

from sentiment.errors import InputError
from sentiment.tracking.registry.store import Registry
from sentiment.tracking.registry.version import Version
from steps.deployment import mlflow_servers, own_servers, zenml_servers
from steps.deployment.server import MLFLOW, SERVICE, ZENML, PortTakenError, Server


class _Target(Protocol):
    """What the module of a target has."""

    def start(self, registry: Registry, version: Version) -> Server: ...

    def stop(self, service_id: UUID) -> None: ...

    def ids(self) -> list[UUID]: ...


_OF: dict[str, _Target] = {MLFLOW: mlflow_servers, SERVICE: own_servers, ZENML: zenml_servers}
_PORTS_TRIED = 4
_HOLDERS = {MLFLOW: StackComponentType.MODEL_DEPLOYER, ZENML: StackComponentType.DEPLOYER}


def default_target() -> str:
    """What the stack says: MLflow's server where it has a model deployer, else the project's own."""
    return MLFLOW if MLFLOW in _targets() else SERVICE


def start_server(target: str, registry: Registry, version: Version) -> Server:
    """Start a server of a version, and wait until it is healthy; see the modules of the targets.

    Another port is tried where the one that was free is taken meanwhile.

    Raises:
        InputError: The stack has nothing that holds such servers.
        ServiceError: It did not become healthy.
    """
    if target not in _targets():
        missing = _HOLDERS[target].value.replace("_", " ")
        raise InputError(f"the active stack has no {missing}; `deploy --to service` needs none")
    for _ in range(_PORTS_TRIED - 1):
        with suppress(PortTakenError):
            return _OF[target].start(registry, version)
    return _OF[target].start(registry, version)


def stop_server(server: UUID) -> None:
    """Stop a server and forget it, whatever holds it."""
    for target in _targets():
        if server in _OF[target].ids():
            _OF[target].stop(server)


def server_ids() -> list[UUID]:
    """List the servers of the registered model on this stack, dead ones too."""
    return [found for target in _targets() for found in _OF[target].ids()]


def _targets() -> list[str]:
    components = Client().active_stack_model.components
    return [target for target in _OF if target not in _HOLDERS or _HOLDERS[target] in components]
