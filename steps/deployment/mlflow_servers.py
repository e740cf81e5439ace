"""MLflow's servers, held by the active stack's model deployer: to start, to find and to stop."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from zenml.client import Client
from zenml.integrations.mlflow.model_deployers import MLFlowModelDeployer
from zenml.integrations.mlflow.services.mlflow_deployment import MLFlowDeploymentConfig, MLFlowDeploymentService
from zenml.utils import source_utils

from sentiment.errors import ServiceError
from sentiment.service import processes
from sentiment.tracking import MODEL_NAME
from sentiment.tracking.registry.store import Registry
from sentiment.tracking.registry.version import Version
from steps.deployment.inherited import server_environment
from steps.deployment.limited_service import LimitedDeploymentService
from steps.deployment.server import (
    MLFLOW,
    START_SECONDS,
    STOP_SECONDS,
    Server,
    wait_until_healthy,
)
from steps.shared.stack import active_component


def deployer() -> MLFlowModelDeployer:
    """Give the stack's model deployer; raises as `active_component`."""
    return active_component("model_deployer", MLFlowModelDeployer)


def start(registry: Registry, version: Version) -> Server:
    """Start a server on a copy of a version's files, and wait until it is healthy.

    ZenML's own ``deploy_model`` returns or removes a server that is there already; this one only adds.

    Args:
        registry: Has the version; the server sees no files but those that were registered.
        version: Of the registered model.

    Raises:
        PortTakenError: Another program took its port.
        ServiceError: It did not become healthy; it was removed, and the message has its last log lines.
    """
    component, client = deployer(), Client()
    config = MLFlowDeploymentConfig(
        name=f"{MODEL_NAME}-{version.version}-{datetime.now(UTC):%Y%m%d%H%M%S%f}",  # ZenML takes no two alike
        model_uri="",
        model_name=MODEL_NAME,
        registry_model_name=MODEL_NAME,
        registry_model_version=version.version,
        timeout=START_SECONDS,
    )
    service_id = client.create_service(config=config, service_type=MLFlowDeploymentService.SERVICE_TYPE).id
    folder = Path(component.local_path) / str(service_id)
    try:
        with registry.files(version) as verified:
            shutil.copytree(verified, folder / "model")
        config.model_uri, config.root_runtime_path = str(folder / "model"), component.local_path
        with server_environment():
            service = LimitedDeploymentService(  # type: ignore[call-arg]  # ZenML's own __init__ makes the endpoint
                uuid=service_id, config=config
            )
            service.start(timeout=0)
        client.update_service(
            id=service_id,
            name=config.service_name,
            service_source=source_utils.resolve(MLFlowDeploymentService).import_path,  # others can load that
            admin_state=service.admin_state,
            status=service.status.model_dump(),
            endpoint=service.endpoint.model_dump(),
            prediction_url=service.endpoint.prediction_url,
            health_check_url=service.get_healthcheck_url(),
        )
        server = server_of(service, version.version)
        wait_until_healthy(server)
    except BaseException:
        _remove(service_id, folder)
        raise
    return server


def server_of(service: MLFlowDeploymentService, version: str) -> Server:
    """Describe the server of a service that ZenML started.

    Args:
        service: The service after its start.
        version: Number of the version that it serves.

    Returns:
        The server. Its pid is 0 if the process has ended already: the wait for its health reports that with the log.

    Raises:
        ServiceError: ZenML recorded no address or no log file.
    """
    address, log_file = service.endpoint.status.uri, service.status.log_file
    if address is None or log_file is None:
        missing = "address" if address is None else "log file"
        raise ServiceError(
            f"ZenML started no server for version {version}: its service {service.uuid} has no {missing}. "
            "Deploy again; `deploy --to service` starts a server without ZenML."
        )
    return Server(
        service_id=service.uuid,
        address=address.rstrip("/"),
        pid=service.status.pid or 0,
        log_file=Path(log_file),
        version=version,
        target=MLFLOW,
    )


def stop(service_id: UUID) -> None:
    """Stop a server and forget it; requests in flight are finished first, and one that is gone is only forgotten."""
    _remove(service_id, Path(deployer().local_path) / str(service_id))


def ids() -> list[UUID]:
    """List the servers of the registered model that ZenML knows on this stack, dead ones too."""
    folder = Path(deployer().local_path)
    services = Client().list_services(size=1000, hydrate=True).items
    return [service.id for service in services if (folder / str(service.id)).is_dir()]


def _remove(service_id: UUID, folder: Path) -> None:
    client = Client()
    try:
        service = MLFlowDeploymentService.from_model(client.get_service(service_id))
    except (KeyError, ValueError):  # never registered, or never got as far as having a process
        service = None
    # ZenML gives, and stops, whatever process has the number that it wrote down when the server started.
    pid = service.status.pid if isinstance(service, MLFlowDeploymentService) else None
    if service is not None and pid and processes.runs(pid, named=str(service_id)):
        processes.end(pid, lambda: service.stop(timeout=0), patience=STOP_SECONDS)
    shutil.rmtree(folder, ignore_errors=True)
    try:
        client.delete_service(service_id)
    except KeyError:
        return
