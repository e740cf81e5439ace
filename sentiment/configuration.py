"""Configuration files: YAML in, one checked mapping out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from sentiment.errors import ConfigError

Record = TypeVar("Record", bound=BaseModel)


class _EachKeyOnce(yaml.SafeLoader):
    """Reads YAML safely, and refuses a key that a mapping has twice: the second would silently win."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
            if key.value in seen:
                problem = f"the key {key.value!r} stands there twice"
                raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def read_mapping(path: Path) -> dict[str, Any]:
    """Read a YAML file that holds one mapping.

    Raises:
        ConfigError: There is no such file, it is not YAML, or it holds something else.
    """
    try:
        values = yaml.load(path.read_text(encoding="utf-8"), Loader=_EachKeyOnce)  # noqa: S506  (it is a safe one)
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # ValueError: no UTF-8, or a date such as 2026-99-99
        raise ConfigError(f"{path} is not valid YAML: {error}") from error
    if not isinstance(values, dict):
        raise ConfigError(f"{path} holds {type(values).__name__}; a mapping of settings expected")
    return values


def checked(
    record: type[Record], values: Mapping[str, Any], *, complaint: str, sentence: Callable[[ErrorDetails], str]
) -> Record:
    """Make a record of the values of a configuration.

    Args:
        record: What they are to become.
        values: As `read_mapping` gives them.
        complaint: What is said above the problems, where there are some.
        sentence: Says one of pydantic's problems in words.

    Raises:
        ConfigError: Something is not allowed; every problem is named, a line each.
    """
    try:
        return record.model_validate(dict(values))
    except ValidationError as error:
        problems = "\n".join(f"  - {sentence(problem)}" for problem in error.errors())
        raise ConfigError(f"{complaint}:\n{problems}") from error
