"""Where ZenML keeps things, without importing it: a command that only looks should answer at once."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import click
import yaml

HOME = "ZENML_CONFIG_PATH"
"""ZenML's own variable: the folder of its configuration and local stores."""
ACTIVE_STACK_ID = "ZENML_ACTIVE_STACK_ID"
"""ZenML's own variable: the stack of one process, whatever the project's is."""
REPOSITORY = "ZENML_REPOSITORY_PATH"
"""ZenML's own variable: the folder that has ``.zen``; without it ZenML looks where the process was started."""
KEPT_FOR = "sentiment.home"
"""A file in ``.zen``: the folder of ZenML's whose stack is active there. Two of them may use one project."""
SOURCES = "ZENML_CUSTOM_SOURCE_ROOT"
"""ZenML's own variable: the folder from which the modules of steps are imported."""


def zenml_folder() -> Path:
    """Name the folder of ZenML's configuration and local stores."""
    return Path(os.environ.get(HOME) or click.get_app_dir("zenml"))


def service_file(stack_id: str) -> Path:
    """Name the file that says which model server is current for a stack.

    It lies beside the stack's own local stores, so that every clone of the project that uses the stack, and with it
    one registry and one champion, sees one service.
    """
    return zenml_folder() / "sentiment_service" / f"{stack_id}.json"


def project_folder(root: Path) -> Path:
    """Name the folder that has the project's ``.zen``, which keeps its active stack.

    Args:
        root: Of the project, where ``run.py`` lies.

    Returns:
        `root`; where nobody may write there, or its ``.zen`` is kept for another of ZenML's folders, a folder for the
        project among ZenML's own.
    """
    kept = root / ".zen"
    if (kept.is_dir() or os.access(root, os.W_OK)) and not _is_of_another(kept):
        return root
    place = hashlib.sha256(os.fsencode(root.resolve())).hexdigest()[:16]
    return zenml_folder() / "sentiment_projects" / place


def _is_of_another(kept: Path) -> bool:
    """Tell whether a ``.zen`` is kept for another of ZenML's folders, which is still there."""
    try:
        home = Path((kept / KEPT_FOR).read_text(encoding="utf-8"))
    except OSError:
        return False
    here = zenml_folder()
    return home.is_dir() and not (here.is_dir() and home.samefile(here))


def active_stack_id(root: Path) -> str | None:
    """Read the id of a project's active stack, where ZenML keeps it: for the project, else for the user.

    None where ZenML was never opened.
    """
    if named := os.environ.get(ACTIVE_STACK_ID):
        return named
    for settings in (project_folder(root) / ".zen" / "config.yaml", zenml_folder() / "config.yaml"):
        try:
            kept = yaml.safe_load(settings.read_text(encoding="utf-8"))
        except FileNotFoundError:
            continue
        if kept and kept.get("active_stack_id"):
            return str(kept["active_stack_id"])
    return None
