"""Where the active stack's MLflow is, read where ZenML keeps it: importing ZenML takes longer than importing MLflow."""

from __future__ import annotations

import base64
import json
import os
import sqlite3
import uuid
from contextlib import closing
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from stack_config.active import active_stack_id, zenml_folder
from stack_config.opening import LOCAL_STORES, database_of, require_home

_COMPONENTS = """
    SELECT stack.name, component.type, component.flavor, component.configuration, component.id
    FROM stack
    JOIN stack_composition AS composition ON composition.stack_id = stack.id
    JOIN stack_component AS component ON component.id = composition.component_id
    WHERE stack.id = ? AND component.type IN ('artifact_store', 'experiment_tracker', 'model_registry')
"""
_LOCAL = {"artifact_store": "local", "experiment_tracker": "mlflow", "model_registry": "mlflow"}


class StoredStack(NamedTuple):
    """What ZenML keeps about a stack whose MLflow lies in a file of this machine.

    Attributes:
        name: Of the stack.
        tracking_uri: Of its experiment tracker and model registry.
    """

    name: str
    tracking_uri: str


def read_active_stack(root: Path) -> StoredStack | None:
    """Read the active stack of a project, as ZenML would, from its database; nothing is written.

    Args:
        root: Of the project, where ``run.py`` lies.

    Returns:
        None where ZenML itself must be asked: it was not opened yet, is on a server, or of another release than its
        database; or the stack's components have settings of their own, such as the address of a server.

    Raises:
        InputError: As `opening.require_home`.
    """
    if any(name == LOCAL_STORES or name.startswith("ZENML_STORE_") for name in os.environ):
        return None
    folder = zenml_folder().absolute()
    require_home(folder)
    stack_id, database = active_stack_id(root), database_of(folder / "config.yaml")
    if stack_id is None or database is None:
        return None
    try:
        with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as opened:
            release = opened.execute("SELECT version_num FROM alembic_version").fetchall()
            found = opened.execute(_COMPONENTS, [uuid.UUID(stack_id).hex]).fetchall()
    except (sqlite3.Error, ValueError):  # busy, not there, or nobody's id: ZenML has its own patience, and words
        return None
    flavors = {kind: flavor for _, kind, flavor, _, _ in found}
    as_delivered = all(not json.loads(base64.b64decode(settings)) for *_, settings, _ in found)
    if release != [(version("zenml"),)] or flavors != _LOCAL or len(found) != len(_LOCAL) or not as_delivered:
        return None
    store = next(uuid.UUID(identity) for _, kind, _, _, identity in found if kind == "artifact_store")
    return StoredStack(found[0][0], f"sqlite:///{folder / 'local_stores' / str(store) / 'mlflow.db'}")
