"""Configuration files: YAML in, one checked mapping out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from sentiment.errors import ConfigError

Record = TypeVar("Record", bound=BaseModel)

_LONGEST_VALUE = 100
"""Characters of one that is shown."""


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
    except UnicodeDecodeError as error:
        byte = f"byte 0x{error.object[error.start]:02x} at {error.start}"
        raise ConfigError(f"{path} is not UTF-8 ({byte}); save the file as UTF-8") from error
    except RecursionError as error:
        raise ConfigError(f"{path} nests lists and mappings too deep to be read") from error
    except (yaml.YAMLError, ValueError) as error:  # ValueError: such as the date 2026-99-99
        raise ConfigError(f"{path} is not valid YAML: {error}") from error
    if not isinstance(values, dict):
        found = "is empty" if values is None else f"holds a {type(values).__name__}"
        raise ConfigError(f"{path} {found}; a mapping of settings expected")
    return values


def checked(record: type[Record], values: Mapping[str, Any], *, complaint: str) -> Record:
    """Make a record of the values of a configuration.

    Args:
        record: What they are to become.
        values: As `read_mapping` gives them; anything else than a mapping is refused.
        complaint: What is said above the problems, where there are some.

    Raises:
        ConfigError: Something is not allowed; every problem is named, a line each.
    """
    if not isinstance(values, Mapping):
        keys = ", ".join(record.model_fields)
        raise ConfigError(f"{complaint}: {type(values).__name__} found; a mapping with the keys {keys} expected")
    try:
        return record.model_validate(dict(values))
    except ValidationError as error:
        problems = "\n".join(f"  - {_sentence(record, problem)}" for problem in error.errors())
        raise ConfigError(f"{complaint}:\n{problems}") from error


def _sentence(record: type[BaseModel], problem: ErrorDetails) -> str:
    """Say one of pydantic's problems in words: where, what was found, what is allowed."""
    where: Sequence[int | str] = problem["loc"]
    kind = problem["type"]
    said = problem["msg"].removeprefix("Value error, ")
    if kind in ("extra_forbidden", "missing"):
        *where, name = where
        keys = ", ".join(_record_at(record, where).model_fields)
        unknown = f"unknown key {name!r} found; allowed: {keys}"
        said = unknown if kind == "extra_forbidden" else f"key {name!r} is missing; the keys {keys} expected"
    elif kind == "string_type" and isinstance(problem["input"], bool):
        said = "YAML reads yes, no, true and false as truth values; write them in quotes"
    elif kind != "value_error":
        said += f" (found {repr(problem['input'])[:_LONGEST_VALUE]})"
    place = ".".join(map(str, where))
    return f"{place}: {said}" if place else said


def _record_at(record: type[BaseModel], where: Sequence[int | str]) -> type[BaseModel]:
    """Find the record in a record; places in lists and names in mappings do not lead to another."""
    for part in where:
        if (field := record.model_fields.get(str(part))) is not None:
            record = next(_records_in(field.annotation), record)
    return record


def _records_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _records_in(part)
