"""Something happens right after a function of the project returns, in the process of a command.

A test names the function by importing it. So a tool that renames the function renames it in the test too, and otherwise
the import fails.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_PROGRAM = """
import runpy, sys
from importlib import import_module
from operator import attrgetter
from types import FunctionType

from commands import environment

environment.prepare(verbose=False)  # before the import below, as `run.py` does it
module, name, happens, *sys.argv = sys.argv[1:]
function = attrgetter(name)(import_module(module))
original = FunctionType(function.__code__, function.__globals__, name, function.__defaults__)
original.__kwdefaults__ = function.__kwdefaults__


def replaced(*args, **kwargs):
    result = _ORIGINAL_(*args, **kwargs)
    exec(_HAPPENS_)
    return result


function.__globals__.update(_ORIGINAL_=original, _HAPPENS_=happens)
function.__code__ = replaced.__code__  # not the name: others have imported the function already
function.__defaults__ = function.__kwdefaults__ = None
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def after(function: Callable[..., Any], happens: str, *command: str) -> list[str]:
    """Give what stands behind ``python`` for a command in which something happens after a function returns.

    Args:
        function: A function of a module or class, without a closure: decorated ones have one.
        happens: Python code, run each time the function has returned.
        command: The script and its arguments.
    """
    return ["-c", _PROGRAM, function.__module__, function.__qualname__, happens, *command]
