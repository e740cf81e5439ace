"""Model families, one file each: the file's name is the family's name.

A family is a module with three names:

- ``ALGORITHM``: what people call it, for the tracker's ``algorithm`` tag;
- ``Params``: its hyperparameters, a `base.FamilyParams`;
- ``fit(params, recipe, train, validation, seed) -> base.Fitted``.

One that stores its parts in a format of its own (not skops) also has ``save_part`` and ``load_part``, and its parts
have an attribute ``stored_by`` with the family's name. One whose libraries take seconds to import has ``prepare()``.
One that learns from the validation rows when to stop has ``STOPS_EARLY = True``.
"""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType

from sentiment.errors import ConfigError

_SHARED = "base"


def names() -> list[str]:
    """List the families, sorted by name."""
    modules = (module.name for module in pkgutil.iter_modules(__path__))
    return sorted(name for name in modules if name != _SHARED and not name.startswith("_"))


def get(name: str) -> ModuleType:
    """Import the family called `name`.

    Raises:
        ConfigError: There is no such family; the message lists those there are.
    """
    return importlib.import_module(module_name(name))


def module_name(name: str) -> str:
    """Give the dotted name of a family's module; raises as `get` does."""
    if name not in names():
        raise ConfigError(f"family {name!r} is not known; there are: {', '.join(names())}")
    return f"{__name__}.{name}"
