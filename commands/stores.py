"""The stores of the active stack, for commands that only look: ZenML is opened where it alone knows where they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commands.project import ROOT

if TYPE_CHECKING:
    from sentiment.tracking.registry.store import Registry
    from sentiment.tracking.runs.store import RunStore


def run_store_to_look_at() -> tuple[str, RunStore]:
    """Give the active stack's name and its runs.

    Raises:
        ConfigError: The stack has no MLflow experiment tracker.
        InputError: ZenML's folder cannot be used.
        TrackingError: The store is away.
    """
    from stack_config.stored import read_active_stack

    if (stored := read_active_stack(ROOT)) is not None:
        from sentiment.tracking.runs.store import RunStore

        return stored.name, RunStore(stored.tracking_uri)

    from stack_config.opening import open_zenml

    open_zenml()
    from zenml.client import Client

    from steps.shared.tracking import run_store

    return Client().active_stack_model.name, run_store()


def registry_to_look_at() -> Registry:
    """Give the registered model of the active stack.

    Raises:
        ConfigError: The stack has no MLflow model registry, or no tracker.
        InputError: ZenML's folder cannot be used.
        TrackingError: The store is away.
    """
    from stack_config.stored import read_active_stack

    if (stored := read_active_stack(ROOT)) is not None:
        from sentiment.tracking.registry.store import Registry

        return Registry(stored.tracking_uri)

    from stack_config.opening import open_zenml

    open_zenml()
    from steps.shared.registry import open_registry

    return open_registry()
