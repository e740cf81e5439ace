"""Which stack this process uses, when the command line names one."""

from __future__ import annotations

import os

from zenml.client import Client

from sentiment.errors import ConfigError
from stack_config.active import ACTIVE_STACK_ID
from stack_config.definition import stack_names


def use_stack(name: str) -> None:
    """Make a registered stack the active one for this process and those it starts, and for nobody else.

    Args:
        name: The whole of it.

    Raises:
        ConfigError: No such stack is registered.
    """
    client = Client()
    try:
        stack = client.get_stack(name, allow_name_prefix_match=False)
    except KeyError as error:
        known = ", ".join(sorted(found.name for found in client.list_stacks(size=1000)))
        advice = f"; `python run.py stack set-up {name}` registers it" if name in stack_names() else ""
        raise ConfigError(f"no stack {name!r} is registered; there are: {known}{advice}") from error
    os.environ[ACTIVE_STACK_ID] = str(stack.id)
