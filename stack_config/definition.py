"""What a stack's YAML says, without ZenML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sentiment.configuration import read_mapping
from sentiment.errors import ConfigError

FOLDER = Path(__file__).parent
DEFAULT = "local"
_PLACEHOLDER = re.compile(r"\$\{(\w+)\}")
_SECRET = re.compile(r"\{\{\s*([^\s.}]+)\.([^\s.}]+)\s*\}\}")


class Component(BaseModel):
    """One component of a stack, as ``zenml stack export`` writes it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    flavor: str
    type: str
    configuration: dict[str, Any]


class StackDefinition(BaseModel):
    """One stack: a list of components for each component type."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    stack_name: str
    zenml_version: str
    components: dict[str, Annotated[list[Component], Field(min_length=1)]]

    def secrets(self) -> dict[str, set[str]]:
        """Name the ZenML secrets that the components refer to, each with the keys it must have."""
        found: dict[str, set[str]] = {}
        for components in self.components.values():
            for component in components:
                for text in _texts(component.configuration):
                    for name, key in _SECRET.findall(text):
                        found.setdefault(name, set()).add(key)
        return found


def stack_names() -> list[str]:
    """List the stacks that this project brings, sorted by name."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def placeholders(name: str) -> list[str]:
    """List what the YAML of a stack leaves open as ``${NAME}``, in its order; raises as `load_definition`."""
    found = (match for text in _texts(read_mapping(_file(name))) for match in _PLACEHOLDER.findall(text))
    return list(dict.fromkeys(found))


def load_definition(name: str, values: Mapping[str, str] | None = None) -> StackDefinition:
    """Read the YAML of the stack called `name`.

    Args:
        name: Of a file beside this one.
        values: For its placeholders; those it has no use for are ignored.

    Raises:
        ConfigError: There is none of that name, it is not in the format of ``zenml stack import``, or placeholders have
            no value; the message lists all of these.
    """
    path, given = _file(name), values or {}
    open_names = [placeholder for placeholder in placeholders(name) if not given.get(placeholder)]
    if open_names:
        listed = "\n".join(f"  - {placeholder}" for placeholder in open_names)
        raise ConfigError(
            f"stack {name!r} needs values that are not set:\n{listed}\n"
            f"Set them in the environment or with --set NAME=value; the head of {path} says what each is."
        )
    try:
        return StackDefinition.model_validate(_filled(read_mapping(path), given))
    except ValidationError as error:
        raise ConfigError(f"{path} is not a stack in the format of `zenml stack import`: {error}") from error


def _file(name: str) -> Path:
    if name not in stack_names():
        raise ConfigError(f"no stack is called {name!r}; there are: {', '.join(stack_names())}")
    return FOLDER / f"{name}.yaml"


def _filled(value: Any, values: Mapping[str, str]) -> Any:
    """Put values in place of placeholders, in texts only: a value cannot add a setting."""
    if isinstance(value, dict):
        return {key: _filled(inner, values) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, values) for inner in value]
    return _PLACEHOLDER.sub(lambda match: values[match[1]], value) if isinstance(value, str) else value


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)
