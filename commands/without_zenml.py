"""Commands that the root does not open ZenML for.

Such a command never needs ZenML, or only in some cases, or it checks what it was given first. Where it needs ZenML, it
opens it itself.
"""

from __future__ import annotations

import click


class WithoutZenML(click.Command):
    """A command that runs before ZenML is opened."""


class GroupWithoutZenML(WithoutZenML, click.Group):
    """A group that runs before ZenML is opened; each command below it decides for itself."""
