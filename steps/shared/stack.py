"""The components of the active stack."""

from __future__ import annotations

from typing import TypeVar

from zenml.client import Client
from zenml.stack import StackComponent

from sentiment.errors import ConfigError

Component = TypeVar("Component", bound=StackComponent)


def active_component(kind: str, wanted: type[Component], *, flavour: str = "MLflow") -> Component:
    """Give a component of the active stack.

    Args:
        kind: ``experiment_tracker``, ``model_registry``, ``model_deployer`` or ``deployer``.
        wanted: The class it must be of.
        flavour: What such a component is called.

    Raises:
        ConfigError: The stack has none, or another.
    """
    stack = Client().active_stack
    found = getattr(stack, kind)
    if not isinstance(found, wanted):
        too = "" if stack.experiment_tracker else ", and so does a first training: `python run.py`"
        raise ConfigError(
            f"stack {stack.name!r} has no {flavour} {kind.replace('_', ' ')}. "
            f"`python run.py stack set-up` brings one{too}."
        )
    return found
