"""Which Spark a stack works with: a label of its orchestrator, since Spark is no component of ZenML's."""

from __future__ import annotations

from zenml.client import Client
from zenml.enums import StackComponentType

LABEL = "spark_master"


def spark_master() -> str | None:
    """Give the master of the active stack; None where its orchestrator has no such label."""
    orchestrator = Client().active_stack_model.components[StackComponentType.ORCHESTRATOR][0]
    named: str | None = (orchestrator.labels or {}).get(LABEL)
    return named
