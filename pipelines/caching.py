"""What a step's cached result depends on beside its inputs: the project's own code that it calls."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import grimp
from zenml.config.cache_policy import CachePolicy

ROOT = Path(__file__).parent.parent
PACKAGE = "sentiment"


def cached_by(*modules: str, ignored_inputs: list[str] | None = None) -> CachePolicy:
    """Make a step run again when the code of `modules`, or of anything they import, changes.

    ZenML itself notices changes of the step's own function only.

    Args:
        modules: Dotted names inside `sentiment`.
        ignored_inputs: Inputs of the step that do not change its result.
    """
    needed = set(modules).union(*(_graph().find_upstream_modules(module) for module in modules))
    return CachePolicy(
        file_dependencies=sorted(_source_file(module) for module in needed), ignored_inputs=ignored_inputs
    )


@cache
def _graph() -> grimp.ImportGraph:
    return grimp.build_graph(PACKAGE, cache_dir=None, exclude_type_checking_imports=True)


def _source_file(module: str) -> str:
    path = ROOT.joinpath(*module.split("."))
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return file.relative_to(ROOT).as_posix()
