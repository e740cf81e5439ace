"""Run a program with another release of a library: names in it are gone for this project, or take other arguments.

    python tests/another_release.py removed|changed MODULE:ATTRIBUTE[,…] PROGRAM [ARGUMENT …]

The library itself goes on as it is: in another release it would not miss what it renamed.
"""

from __future__ import annotations

import builtins
import inspect
import runpy
import sys
from collections import defaultdict
from functools import reduce
from importlib.abc import MetaPathFinder
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sentiment.overrides import Override

OURS = ("commands", "materializers", "pipelines", "sentiment", "stack_config", "steps")


def released(how: str, *overrides: Override) -> list[str]:
    """Give the arguments of Python that a program and its arguments come behind.

    Args:
        how: ``removed`` or ``changed``.
        overrides: Whose parts of libraries are so.
    """
    return [__file__, how, ",".join(f"{one.module}:{one.attribute}" for one in overrides)]


def asked_by_us() -> bool:
    """Whether the attribute is looked up by code of this project: by the caller's caller."""
    return sys._getframe(2).f_globals["__name__"].split(".")[0] in OURS


class Hidden:
    """An attribute of a class, or of its objects, that this project cannot see."""

    def __init__(self, name, original):
        self.name, self.original = name, original

    def __get__(self, instance, owner):
        if asked_by_us():
            raise AttributeError(f"{owner.__name__!r} has no attribute {self.name!r}")
        if instance is not None and self.name in vars(instance):
            return vars(instance)[self.name]
        bind = getattr(type(self.original), "__get__", None)
        return bind(self.original, instance, owner) if bind else self.original

    def __set__(self, instance, value):
        vars(instance)[self.name] = value


def remove(module, owner, name, original):
    if owner is not module:
        setattr(owner, name, Hidden(name, original))
        return

    def lookup(wanted):
        if wanted == name and not asked_by_us():
            return original
        raise AttributeError(f"module {module.__name__!r} has no attribute {wanted!r}")

    setattr(builtins, name, original)  # where the module's own functions find it
    delattr(module, name)
    module.__getattr__ = lookup


def change(_, owner, name, original):
    of_class = isinstance(original, classmethod)
    called = original.__func__ if of_class else original

    def another(*args, added=None, **options):
        return called(*args, **options)

    setattr(owner, name, classmethod(another) if of_class else another)


class Changing(MetaPathFinder):
    """Changes attributes as soon as their module is imported."""

    def __init__(self, module, attributes, how):
        self.module, self.attributes, self.how = module, attributes, how
        self.is_asking = False

    def find_spec(self, name, *_):
        if name != self.module or self.is_asking:
            return None
        self.is_asking = True  # the others; and not for good, because who asks may want to know only if it is there
        try:
            spec = find_spec(name)
        finally:
            self.is_asking = False
        execute = spec.loader.exec_module

        def execute_and_change(module):
            execute(module)
            for attribute in self.attributes:
                *owners, last = attribute.split(".")
                owner = reduce(getattr, owners, module)
                self.how(module, owner, last, inspect.getattr_static(owner, last, None))

        spec.loader.exec_module = execute_and_change
        return spec


if __name__ == "__main__":
    how, names, program, *arguments = sys.argv[1:]
    attributes = defaultdict(list)
    for name in names.split(","):
        module, _, attribute = name.partition(":")
        attributes[module].append(attribute)
    for module, found in attributes.items():
        sys.meta_path.insert(0, Changing(module, found, {"removed": remove, "changed": change}[how]))
    sys.argv = [program, *arguments]
    sys.path[0] = ""
    runpy.run_path(program, run_name="__main__")
