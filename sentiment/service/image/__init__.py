"""A build context for the service: what `docker build`, `buildah` and Cloud Run need, and nothing beside it."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from sentiment.errors import InputError
from sentiment.models.digests import digest_of
from sentiment.models.files import read_manifest
from sentiment.service.served import FILES

CODE = (
    *("run.py", "commands", "sentiment"),
    *("stack_config/__init__.py", "stack_config/active.py", "stack_config/prediction_log.py"),
    *("stack_config/servers/__init__.py", "stack_config/servers/startable.py"),
)
"""Of the stacks only where they are kept, where a log lies, and the names that the commands know."""
LOCKS = {"keras": "service-keras.lock", "scikit-learn": "service.lock", "numpy": "service-linear.lock"}
"""What is installed for a model whose files depend on a library; the first that it has decides."""
SERVICE, PORT = "customer-sentiment", 8080
_TEMPLATES = ("Dockerfile", "cloudrun.yaml", "README.md")


def write_context(version: Path, project: Path, folder: Path) -> list[Path]:
    """Write a build context, all of it or nothing.

    Args:
        version: As `download` writes it.
        project: Has the code, and the lock files in ``stack_config``.
        folder: Must not exist yet.

    Returns:
        The files beside the code and the model.

    Raises:
        InputError: The folder exists already, or cannot be written.
    """
    if folder.exists():
        raise InputError(f"{folder} exists already; the name of a new folder expected")
    described = json.loads((version / "version.json").read_text(encoding="utf-8"))
    libraries = read_manifest(version / FILES)["libraries"]
    lock = next(lock for library, lock in LOCKS.items() if library in libraries)
    values = _values(described, lock)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".image-") as made:
            staged = Path(made) / "context"
            shutil.copytree(version, staged / "model")
            for name in CODE:
                _copy(project / name, staged / "app" / name)
            shutil.copy(project / "stack_config" / lock, staged / "requirements.lock")
            for name in _TEMPLATES:
                text = Path(__file__).with_name(f"{name}.template").read_text(encoding="utf-8")
                for key, value in values.items():
                    text = text.replace("{{" + key + "}}", value)
                (staged / name).write_text(text, encoding="utf-8")
            staged.chmod(0o755)  # the temporary folder's own is for its owner alone
            os.replace(staged, folder)  # noqa: PTH105  (atomic on every platform)
    except OSError as error:
        raise InputError(f"{folder} cannot be written: {error.strerror}") from error
    return [folder / name for name in (*_TEMPLATES, "requirements.lock")]


def _values(described: dict[str, Any], lock: str) -> dict[str, str]:
    tags = described["tags"]
    return {
        "version": str(described["version"]),
        "candidate": str(tags.get("candidate", "")),
        "digest": digest_of(json.loads(tags["files_sha256"])),
        "service": SERVICE,
        "port": str(PORT),
        "memory": "2Gi" if lock == LOCKS["keras"] else "512Mi",
    }


def _copy(source: Path, destination: Path) -> None:
    destination.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, destination, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, destination)
