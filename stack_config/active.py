"""Where ZenML keeps things, without importing it: a command that only looks should answer at once."""

from __future__ import annotations

import os
from pathlib import Path

import click
import yaml

ACTIVE_STACK_ID = "ZENML_ACTIVE_STACK_ID"
"""ZenML's own variable: the stack of one process, whatever the project's is."""


def zenml_folder() -> Path:
    """Name the folder of ZenML's configuration and local stores."""
    return Path(os.environ.get("ZENML_CONFIG_PATH") or click.get_app_dir("zenml"))


def service_file(stack_id: str) -> Path:
    """Name the file that says which model server is current for a stack.

    It lies beside the stack's own local stores, so that every clone of the project that uses the stack, and with it
    one registry and one champion, sees one service.
    """
    return zenml_folder() / "sentiment_service" / f"{stack_id}.json"


def active_stack_id(root: Path) -> str | None:
    """Read the id of a project's active stack, where ZenML keeps it; None when none was activated for the project."""
    if named := os.environ.get(ACTIVE_STACK_ID):
        return named
    try:
        kept = yaml.safe_load((root / ".zen" / "config.yaml").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return str(kept["active_stack_id"]) if kept and kept.get("active_stack_id") else None
