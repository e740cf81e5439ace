"""Servers that the active stack's deployer holds, ZenML's own way to serve: to start, to find and to stop."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path
from uuid import UUID, uuid4

from zenml import pipeline, step
from zenml.client import Client
from zenml.config import DeploymentSettings
from zenml.config.deployment_settings import AppExtensionSpec, DeploymentDefaultEndpoints
from zenml.deployers.local.local_deployer import LocalDeployer, LocalDeployerSettings, LocalDeploymentMetadata
from zenml.enums import StackComponentType
from zenml.models import DeploymentResponse

from sentiment.errors import ServiceError
from sentiment.service import processes
from sentiment.tracking import MODEL_NAME
from sentiment.tracking.registry.parts import download
from sentiment.tracking.registry.release import load_version
from sentiment.tracking.registry.store import Registry
from sentiment.tracking.registry.version import Version
from stack_config.active import service_file
from steps.deployment.inherited import server_environment
from steps.deployment.server import START_SECONDS, STOP_SECONDS, ZENML, Server, wait_until_healthy
from steps.deployment.zenml_app import become_the_service
from steps.shared.registry import open_registry
from steps.shared.stack import active_component

PIPELINE = "customer_sentiment_serving"
_PORTS = (8200, 2**16 - 1)
"""Beyond those that `serve`, the page and ZenML's own dashboard begin with."""


@step(enable_cache=False)
def check(version: str) -> None:
    """Check the files of a version against their digests."""
    registry = open_registry()
    load_version(registry, registry.version(version))


@pipeline(name=PIPELINE, enable_cache=False)
def serving(version: str = "champion") -> None:
    """Say what is served: a deployment of ZenML's is one of a pipeline. No request makes a run of it.

    Args:
        version: A number, or ``champion``.
    """
    check(version=version)


def deployer() -> LocalDeployer:
    """Give the stack's deployer; raises as `active_component`."""
    return active_component("deployer", LocalDeployer, flavour="local")


def start(registry: Registry, version: Version) -> Server:
    """Start a deployment of a version, and wait until it is ready: its files checked, its known answers given.

    Args:
        registry: Has the version.
        version: Of the registered model.

    Raises:
        ConfigError: The stack's deployer does not run servers on this machine.
        PortTakenError: Another program took its port.
        ServiceError: It did not become ready; it was removed, and the message has its last log lines.
    """
    deployer()
    key = str(uuid4())
    folder = _folder() / key
    folder.mkdir(parents=True)
    name = f"{MODEL_NAME}-{version.version}-{key[:8]}"
    try:
        download(registry, version, folder / "version")
        settings = DeploymentSettings(
            app_title=MODEL_NAME,
            # Without ZenML's own question about health it does not wait, and who does waits no longer than needed.
            include_default_endpoints=DeploymentDefaultEndpoints.NONE,
            app_extensions=[AppExtensionSpec(extension=become_the_service, extension_kwargs={"folder": str(folder)})],
        )
        asked = {"deployment": settings, "deployer": LocalDeployerSettings(port_range=_PORTS)}
        with server_environment():
            deployed = serving.with_options(settings=asked).deploy(name, timeout=START_SECONDS, version=version.version)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    try:
        server = server_of(deployed.id, _metadata(deployed), version.version)
        wait_until_healthy(server)
    except BaseException:
        stop(deployed.id)
        raise
    return server


def server_of(deployment_id: UUID, held: LocalDeploymentMetadata, version: str) -> Server:
    """Describe the server of a deployment.

    Args:
        deployment_id: ZenML's id of the deployment.
        held: What its deployer recorded about the process.
        version: Number of the version that it serves.

    Raises:
        ServiceError: The deployer recorded no process, address, port or log file.
    """
    if held.pid is None or held.address is None or held.port is None or held.log_file is None:
        missing = ", ".join(name for name, value in held.model_dump().items() if value is None)
        raise ServiceError(
            f"ZenML started no server for version {version}: the record of deployment {deployment_id} lacks {missing}. "
            "Deploy again; `deploy --to service` starts a server without ZenML."
        )
    return Server(
        service_id=deployment_id,
        address=f"http://{held.address}:{held.port}",
        pid=held.pid,
        log_file=Path(held.log_file),
        version=version,
        target=ZENML,
    )


def stop(service_id: UUID) -> None:
    """Stop a deployment and delete it; requests in flight are finished first, and one that died is only deleted."""
    client = Client()
    try:
        deployed = client.get_deployment(service_id)
    except KeyError:
        return
    held = _metadata(deployed)
    pid = held.pid
    if pid and processes.runs(pid, named=str(service_id)):
        processes.end(pid, lambda: os.kill(pid, signal.SIGTERM), patience=STOP_SECONDS)
    if deployed.snapshot is not None:
        for extension in deployed.snapshot.pipeline_configuration.deployment_settings.app_extensions or ():
            shutil.rmtree(extension.extension_kwargs["folder"], ignore_errors=True)
    if held.log_file:
        shutil.rmtree(Path(held.log_file).parent, ignore_errors=True)
    # Its deployer would stop whatever process has the number now that was written down when the server started.
    client.zen_store.delete_deployment(service_id)


def ids() -> list[UUID]:
    """List the deployments that were started on this stack, dead ones too."""
    held = Client().active_stack_model.components[StackComponentType.DEPLOYER]
    return [
        deployed.id
        for component in held
        for deployed in Client().list_deployments(deployer_id=component.id, pipeline=PIPELINE, size=1000)
    ]


def _folder() -> Path:
    return service_file(str(Client().active_stack_model.id)).with_suffix(".zenml")


def _metadata(deployed: DeploymentResponse) -> LocalDeploymentMetadata:
    return LocalDeploymentMetadata.from_deployment(deployed)
