"""Parts of libraries that this project replaces or uses although their authors promise nothing about them.

A release of the library may rename such a part, or change its arguments. Each is therefore declared as an `Override`
beside the code that needs it, and looked up here. A part that is missing or different is left out: a note in the log
says what is lost, once in each process, and the command goes on without it. ``-v`` shows the notes.

Nothing is imported or changed when an override is declared.
"""

from __future__ import annotations

import importlib
import inspect
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import reduce
from importlib.metadata import PackageNotFoundError, version
from typing import Any

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Override:
    """A part of a library that this project replaces or uses.

    Attributes:
        module: Dotted name of the module.
        attribute: Name of the part in it, such as ``load`` or ``Tracker.close``.
        parameters: Names of the parameters that it takes, in order; None for a part that is not called.
        why: Why the project replaces or uses it.
        lost: What is slower, plainer or refused without it.
        checked_with: Name and version of the package that it was checked with, such as ``zenml 0.98.0``.
        of_instances: Only objects have it, so that it is looked up when there is one, by the code that uses it.
        is_limit: It enforces a limit of what others may do; the note is a warning then, which is always shown.
    """

    module: str
    attribute: str
    parameters: tuple[str, ...] | None
    why: str
    lost: str
    checked_with: str
    of_instances: bool = False
    is_limit: bool = False

    @property
    def name(self) -> str:
        """The dotted name of the part."""
        return f"{self.module}.{self.attribute}"

    @property
    def installed(self) -> str:
        """Name and version of the package as it is installed."""
        package = self.checked_with.split()[0]
        try:
            return f"{package} {version(package)}"
        except PackageNotFoundError:
            return f"no {package}"


_noted: set[Override] = set()
_applied: set[Override] = set()


def misfit(override: Override) -> str:
    """Say what is wrong with a part of the installed library; empty where it is as expected, or known only in use."""
    if override.of_instances:
        return ""
    try:
        owner, name = _owner(override)
        part = getattr(owner, name)
    except (ImportError, AttributeError) as error:
        return f"it is missing ({error})"
    if override.parameters is None:
        return ""
    try:
        parameters = tuple(inspect.signature(part).parameters)
    except (TypeError, ValueError):
        return "it is not a function with known parameters"
    if parameters == override.parameters:
        return ""
    return f"it takes ({', '.join(parameters)}); ({', '.join(override.parameters)}) expected"


def fits(override: Override) -> bool:
    """Whether a part is as expected in the installed library; where it is not, that is noted."""
    reason = misfit(override)
    if reason:
        note(override, reason)
    return not reason


def find(override: Override) -> Any:
    """Give the part as the installed library has it; None where it is not as expected, which is noted."""
    if not fits(override):
        return None
    owner, name = _owner(override)
    return getattr(owner, name)


def apply(override: Override, make: Callable[[Any], Any]) -> None:
    """Replace a part in this process, unless it is not as expected; again and again changes nothing.

    Args:
        override: The part.
        make: Makes the replacement from the library's own.
    """
    if override not in _applied and fits(override):
        owner, name = _owner(override)
        setattr(owner, name, make(getattr(owner, name)))
        _applied.add(override)


@contextmanager
def applied(override: Override, make: Callable[[Any], Any]) -> Iterator[None]:
    """Replace a part as `apply` does, until the body ends."""
    if not fits(override):
        yield
        return
    owner, name = _owner(override)
    original = getattr(owner, name)
    setattr(owner, name, make(original))
    try:
        yield
    finally:
        setattr(owner, name, original)


def note(override: Override, reason: str) -> None:
    """Write a note that a part is not used, once in each process.

    Args:
        override: The part.
        reason: What was found in place of what is expected.
    """
    if override in _noted:
        return
    _noted.add(override)
    _logger.log(
        logging.WARNING if override.is_limit else logging.INFO,
        "Not used: %s: %s. Checked with %s; installed: %s. Without it: %s.",
        override.name,
        reason,
        override.checked_with,
        override.installed,
        override.lost,
    )


def _owner(override: Override) -> tuple[Any, str]:
    """Give the module or class that has the part, and the part's own name."""
    *owners, name = override.attribute.split(".")
    return reduce(getattr, owners, importlib.import_module(override.module)), name
