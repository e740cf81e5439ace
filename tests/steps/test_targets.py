"""What serves is what the stack can hold; a taken port is passed over; a server has an address and a process."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest
from zenml.deployers.local.local_deployer import LocalDeploymentMetadata
from zenml.integrations.mlflow.services.mlflow_deployment import MLFlowDeploymentConfig

from sentiment.errors import InputError, ServiceError
from steps.deployment import mlflow_servers, servers, zenml_servers
from steps.deployment.limited_service import LimitedDeploymentService
from steps.deployment.server import MLFLOW, SERVICE, ZENML, PortTakenError, wait_until_healthy


@pytest.mark.parametrize(("target", "missing"), [(MLFLOW, "model deployer"), (ZENML, "deployer")])
def test_a_stack_without_what_holds_a_target_is_said(monkeypatch, target, missing):
    monkeypatch.setattr(servers, "_targets", lambda: [SERVICE])
    with pytest.raises(InputError, match=f"the active stack has no {missing}; `deploy --to service` needs none"):
        servers.start_server(target, None, None)
    assert servers.default_target() == SERVICE


@pytest.mark.parametrize("taken", [0, 3, 4])
def test_a_port_that_was_taken_meanwhile_is_tried_elsewhere_a_few_times(monkeypatch, taken):
    class Target:
        tried = 0

        @classmethod
        def start(cls, *_):
            cls.tried += 1
            if cls.tried <= taken:
                raise PortTakenError("taken")
            return "server"

    monkeypatch.setattr(servers, "_targets", lambda: [ZENML])
    monkeypatch.setitem(servers._OF, ZENML, Target)
    if taken < 4:
        assert servers.start_server(ZENML, None, None) == "server"
    else:
        with pytest.raises(ServiceError, match="taken"):
            servers.start_server(ZENML, None, None)


@pytest.fixture
def service():
    """ZenML's service of an MLflow server, before its start."""
    config = MLFlowDeploymentConfig(name="a-model-7", model_uri="a-model", model_name="a-model")
    return LimitedDeploymentService(uuid=uuid4(), config=config)


def test_a_service_of_mlflows_without_an_address_is_said(service):
    with pytest.raises(ServiceError, match=f"no server for version 7: its service {service.uuid} has no address"):
        mlflow_servers.server_of(service, "7")


def test_a_service_of_mlflows_without_a_log_file_is_said(service):
    service.endpoint.status.hostname, service.endpoint.status.port = "127.0.0.1", 8000
    with pytest.raises(ServiceError, match=f"no server for version 7: its service {service.uuid} has no log file"):
        mlflow_servers.server_of(service, "7")


def test_a_server_of_mlflows_that_ended_at_once_is_told_with_its_log(service, tmp_path):
    service.endpoint.status.hostname, service.endpoint.status.port = "127.0.0.1", 9
    service.status.runtime_path = str(tmp_path)
    (tmp_path / "service.log").write_text("no such module")
    with pytest.raises(ServiceError, match="ended before it was healthy; its last log lines:\n    no such module"):
        wait_until_healthy(mlflow_servers.server_of(service, "7"))


RECORDED = {"pid": 4321, "port": 8200, "address": "127.0.0.1", "log_file": "daemon.log"}


@pytest.mark.parametrize("lacks", [["pid"], ["port"], ["address"], ["log_file"], ["pid", "log_file"], list(RECORDED)])
def test_a_deployment_whose_record_is_incomplete_is_said(lacks):
    deployment = uuid4()
    held = LocalDeploymentMetadata(**{name: value for name, value in RECORDED.items() if name not in lacks})
    with pytest.raises(
        ServiceError, match=f"version 7: the record of deployment {deployment} lacks {', '.join(lacks)}"
    ):
        zenml_servers.server_of(deployment, held, "7")


def test_a_deployment_is_described_by_its_record():
    server = zenml_servers.server_of(uuid4(), LocalDeploymentMetadata(**RECORDED), "7")
    assert (server.address, server.pid, server.log_file) == ("http://127.0.0.1:8200", 4321, Path("daemon.log"))
