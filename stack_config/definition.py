"""What a stack's YAML says, without ZenML."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sentiment.candidates import read_mapping
from sentiment.errors import ConfigError

FOLDER = Path(__file__).parent
DEFAULT = "local"


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


def stack_names() -> list[str]:
    """List the stacks that this project brings, sorted by name."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def load_definition(name: str) -> StackDefinition:
    """Read the YAML of the stack called `name`.

    Raises:
        ConfigError: There is none of that name, or it is not in the format of ``zenml stack import``.
    """
    if name not in stack_names():
        raise ConfigError(f"no stack is called {name!r}; there are: {', '.join(stack_names())}")
    path = FOLDER / f"{name}.yaml"
    try:
        return StackDefinition.model_validate(read_mapping(path))
    except ValidationError as error:
        raise ConfigError(f"{path} is not a stack in the format of `zenml stack import`: {error}") from error
