"""Every override there is: ``python -m steps.shared.overrides`` says which fit the installed libraries."""

from __future__ import annotations

from sentiment.overrides import Override, misfit


def all_overrides() -> list[Override]:
    """List the overrides of every room; importing uvicorn, pyspark or mlflow is left to whoever looks them up."""
    from materializers import addresses
    from sentiment.service.application import connections, protocol
    from sentiment.spark import gateway
    from sentiment.tracking import mlflow_overrides
    from sentiment.webapp import page_server
    from stack_config import opening
    from steps.shared import zenml_overrides

    return [
        addresses.LOAD,
        opening.WRITE,
        *zenml_overrides.OVERRIDES,
        *mlflow_overrides.OVERRIDES,
        *connections.OVERRIDES,
        *protocol.OVERRIDES,
        *gateway.OVERRIDES,
        page_server.PROTOCOLS,
    ]


def _state(override: Override) -> str:
    if override.of_instances:
        return "known when it runs"
    return misfit(override) or "fits"


if __name__ == "__main__":
    for override in all_overrides():
        print(f"{override.name} ({override.installed}; checked with {override.checked_with}): {_state(override)}")
