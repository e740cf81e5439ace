"""Registering stacks with ZenML: as often as you like, without a prompt, saying what changed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from uuid import UUID

from zenml.client import Client
from zenml.enums import StackComponentType

from sentiment.errors import ConfigError
from stack_config.definition import DEFAULT, Component, StackDefinition, load_definition
from stack_config.opening import keep_project_folder, open_zenml, opening_lock


def ensure_tracking_stack(root: Path) -> str | None:
    """Make sure that the active stack can track experiments.

    Args:
        root: Of the project; a stack is activated for this folder only.

    Returns:
        The name of the stack that was set up and activated; None when the active one would do.
    """
    open_zenml()
    if os.access(root / ".zen", os.W_OK):  # one of ZenML's own command, or of an earlier release
        keep_project_folder(root)
    if _tracks():
        return None
    with opening_lock():
        if _tracks():  # by now: whoever had the lock made it so
            return None
        set_up(load_definition(DEFAULT))
        activate(DEFAULT, root)
    return DEFAULT


def _tracks() -> bool:
    return StackComponentType.EXPERIMENT_TRACKER in _components(Client().active_stack_model)


def activate(name: str, root: Path) -> list[str]:
    """Make a registered stack the active one, for the project at `root` only.

    Returns:
        What was changed, a sentence each; empty when it was active already.
    """
    folder = keep_project_folder(root)
    (folder / ".zen").mkdir(parents=True, exist_ok=True)
    client = Client()
    client.activate_root(folder)
    if client.active_stack_model.name == name:
        return []
    client.activate_stack(name)
    return [f"activated stack {name} for this project"]


def set_up(definition: StackDefinition) -> list[str]:
    """Register a stack and its components, or bring them in line with their definition.

    Returns:
        What was changed, a sentence each; empty when everything was as defined.

    Raises:
        ConfigError: A component of that name is there with another flavor.
    """
    open_zenml()
    client = Client()
    changes: list[str] = []
    wanted = {
        StackComponentType(kind): [_ensure_component(client, component, changes) for component in components]
        for kind, components in definition.components.items()
    }
    try:
        stack = client.get_stack(definition.stack_name, allow_name_prefix_match=False)
    except KeyError:
        client.create_stack(definition.stack_name, wanted)
        changes.append(f"registered stack {definition.stack_name}")
        return changes
    if _components(stack) != wanted:
        client.update_stack(definition.stack_name, component_updates=wanted)
        changes.append(f"updated the components of stack {definition.stack_name}")
    return changes


def _ensure_component(client: Client, component: Component, changes: list[str]) -> UUID:
    kind = StackComponentType(component.type)
    described = f"{component.type.replace('_', ' ')} {component.name}"
    try:
        found = client.get_stack_component(kind, component.name, allow_name_prefix_match=False)
    except KeyError:
        changes.append(f"registered {described}")
        return client.create_stack_component(
            name=component.name,
            flavor=component.flavor,
            component_type=kind,
            configuration=component.configuration,
        ).id
    if found.flavor_name != component.flavor:
        raise ConfigError(
            f"{described} is there already with flavor {found.flavor_name!r}; {component.flavor!r} expected. "
            f"Rename or delete it: `zenml {component.type.replace('_', '-')} delete {component.name}`"
        )
    differing = _differences(found.configuration, component.configuration)
    if differing:
        client.update_stack_component(component.name, kind, configuration=differing)
        changes.append(f"updated {', '.join(sorted(differing))} of {described}")
    return found.id


def _differences(found: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    """Name the settings to change: those that differ, and None for those to be removed."""
    changed = {key: value for key, value in wanted.items() if found.get(key) != value}
    return changed | {key: None for key in found if key not in wanted}


def _components(stack: Any) -> dict[StackComponentType, list[UUID]]:
    return {kind: [component.id for component in components] for kind, components in stack.components.items()}
