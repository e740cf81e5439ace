"""The stacks that `python run.py stack up` brings a server for: one module each, found by the stack's name."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Protocol, cast

STARTABLE = ("s3", "team")


@dataclass(frozen=True)
class Up:
    """A server that runs.

    Attributes:
        values: For the placeholders of the stack's YAML.
        changes: What was changed to bring it up, a sentence each.
        told: What a person should know of it, a line each.
    """

    values: dict[str, str]
    changes: list[str]
    told: list[str]


class StackServer(Protocol):
    """What `stack_config.NAME.server` has."""

    WHAT: str
    """The server's name in a sentence."""
    LOST: str
    """What goes with the data, for the question whether to delete it."""
    ACTIVATES: bool
    """Whether the stack becomes the project's active one as soon as the server is up."""

    def bring_up(self) -> Up:
        """Start whatever of the server does not run, and wait until it answers."""

    def take_down(self, *, delete_data: bool = False) -> list[str]:
        """Stop what was started; gives what was changed, a sentence each."""

    def known_values(self) -> dict[str, str]:
        """Give the values for the stack's YAML of a server that was brought up; none when it never was."""


def server_of(stack: str) -> StackServer:
    """Give the module that starts and stops the server of a stack in `STARTABLE`."""
    return cast(StackServer, import_module(f"stack_config.{stack}.server"))
