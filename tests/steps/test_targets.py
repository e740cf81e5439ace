"""What serves is what the stack can hold; and a port that is taken is passed over."""

from __future__ import annotations

import pytest

from sentiment.errors import InputError, ServiceError
from steps.deployment import servers
from steps.deployment.server import MLFLOW, SERVICE, ZENML, PortTakenError


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
