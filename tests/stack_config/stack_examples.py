"""Values for the placeholders of a stack."""

from __future__ import annotations

from stack_config.definition import FOLDER, placeholders


def example_values(name: str) -> dict[str, str]:
    """The examples that the head of a stack's YAML gives, as a user would take them."""
    head = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8").splitlines()
    return {
        placeholder: next(line.rpartition("e.g. ")[2] for line in head if line.startswith(f"# ${{{placeholder}}}: "))
        for placeholder in placeholders(name)
    }
