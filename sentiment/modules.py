"""Modules that are chosen by name: one file each, and the file's name is the name."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Container
from types import ModuleType

from sentiment.errors import ConfigError


class Modules:
    """The modules of one package, imported when they are asked for; those that begin with ``_`` are not counted.

    Args:
        package: Its dotted name; that of whoever asks, who is being imported.
        kind: What a module is, in the words of a message.
        shared: Names of modules there that are none.
    """

    def __init__(self, package: str, kind: str, *, shared: Container[str] = ()) -> None:
        """Remember where the modules are; nothing is read yet."""
        self._package, self._kind, self._shared = package, kind, shared

    def names(self) -> list[str]:
        """List them, sorted."""
        found = (module.name for module in pkgutil.iter_modules(sys.modules[self._package].__path__))
        return sorted(name for name in found if name not in self._shared and not name.startswith("_"))

    def dotted_name(self, name: str) -> str:
        """Give the name that Python imports a module by.

        Raises:
            ConfigError: There is no such module; the message lists those there are.
        """
        if name not in self.names():
            raise ConfigError(f"{self._kind} {name!r} is not known; there are: {', '.join(self.names())}")
        return f"{self._package}.{name}"

    def get(self, name: str) -> ModuleType:
        """Import the module called `name`; raises as `dotted_name`."""
        return importlib.import_module(self.dotted_name(name))
