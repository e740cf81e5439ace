"""Opening ZenML: once for a new home, whoever comes at the same time; and its files are read whole or not at all."""

from __future__ import annotations

import os
import re
import shlex
import sqlite3
from collections.abc import Callable
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

import yaml
from filelock import FileLock, Timeout

from sentiment.atomic import write_atomically
from sentiment.errors import InputError, TrackingError
from sentiment.overrides import Override, apply
from stack_config.active import KEPT_FOR, REPOSITORY, project_folder, zenml_folder

LOCAL_STORES = "ZENML_LOCAL_STORES_PATH"
"""ZenML's own variable: a folder for the files of its local components, instead of one below its own."""
_MISTAKEN = re.compile(r"[?\\\x00-\x1f\x7f\ud800-\udfff]|%[0-9A-Fa-f]{2}")
"""What an address takes for something else: a question, another separator, a character by its number, no UTF-8."""
_PATIENCE = 180.0
"""Seconds: the first start of ZenML takes ten, on a busy machine a multiple."""
WRITE = Override(
    module="zenml.utils.io_utils",
    attribute="write_file_contents_as_string",
    parameters=("file_path", "content"),
    why="ZenML writes its configuration in several steps, and other commands read it at any time",
    lost="a command that starts while another one writes ZenML's configuration may read half of it and fail",
    checked_with="zenml 0.98.0",
)


def require_home(folder: Path, *, moves: bool = False) -> None:
    """Make sure that ZenML's folder can be used, before anything is written.

    Args:
        folder: Its whole path.
        moves: Its local stores are meant to lie elsewhere.

    Raises:
        InputError: MLflow or the database would take its name for another one; or it was moved, and everything in it
            still names the place where it was.
    """
    if (taken := _MISTAKEN.search(os.fspath(folder))) is not None:
        raise InputError(
            f"{taken[0]!a} in the path of ZenML's folder {os.fspath(folder)!a} has another meaning in the addresses of "
            "its stores; name a folder without it in ZENML_CONFIG_PATH"
        )
    here = folder / "local_stores" / "default_zen_store" / "zenml.db"
    said = database_of(folder / "config.yaml")
    if not moves and said is not None and here.is_file() and not (said.exists() and said.samefile(here)):
        was = said.parents[2]
        raise InputError(
            f"ZenML's folder was moved: it lies in {folder}, and all that it keeps says {was}. "
            f"Move it back, or let the old name lead to it: ln -s {shlex.quote(str(folder))} {shlex.quote(str(was))}"
        )


def database_of(settings: Path) -> Path | None:
    """Name the file of ZenML's database, as its configuration has it; None where it is a server, or not there yet."""
    try:
        url = str((yaml.safe_load(settings.read_text(encoding="utf-8")) or {}).get("store", {}).get("url", ""))
    except FileNotFoundError:
        return None
    return Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:///") else None


def opening_lock() -> FileLock:
    """Give the lock under which what a home needs once is made: ZenML's database, the first stack.

    Raises:
        InputError: The home cannot be written to.
    """
    folder = zenml_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return FileLock(folder / "sentiment.lock", timeout=_PATIENCE)
    except OSError as error:
        raise InputError(
            f"ZenML's folder {folder} cannot be written to ({error.strerror}); ZENML_CONFIG_PATH names another"
        ) from error


def open_zenml() -> None:
    """Make sure that ZenML's database is there and of this version before anything is asked of it.

    Two first starts at once would each migrate the same empty database, and one would find it half made.

    Raises:
        InputError: As `opening_lock`; or the folder has a name that the stores cannot take, or was moved.
        TrackingError: Somebody else has been at it for too long.
    """
    require_home(zenml_folder().absolute(), moves=LOCAL_STORES in os.environ)
    _write_whole_files()
    opened = zenml_folder() / f"sentiment.opened-{version('zenml')}"
    if opened.exists():
        return
    from zenml.client import Client

    try:
        with opening_lock():
            if not opened.exists():
                _set_half_made_aside(zenml_folder() / "local_stores" / "default_zen_store" / "zenml.db")
                Client().get_stack()  # asking makes the database, with a first stack
                write_atomically(opened, "")
    except Timeout as error:
        raise TrackingError(
            f"another command has been setting {zenml_folder()} up for {_PATIENCE:.0f} s; try again in a while"
        ) from error


def keep_project_folder(root: Path) -> Path:
    """Note in a project's ``.zen`` for whom it is kept: other folders of ZenML's do not have its active stack.

    Args:
        root: Of the project, where ``run.py`` lies.

    Returns:
        What `active.project_folder` names; ZenML looks there from now on.
    """
    kept = root / ".zen"
    if project_folder(root) == root:
        kept.mkdir(exist_ok=True)
        with FileLock(kept / "sentiment.lock"):
            if project_folder(root) == root:  # no command with another folder was quicker
                write_atomically(kept / KEPT_FOR, str(zenml_folder().absolute()))
    folder = project_folder(root)
    os.environ[REPOSITORY] = str(folder)
    return folder


def _set_half_made_aside(database: Path) -> None:
    """Rename a database whose making was interrupted, by a full disk or a kill: ZenML would refuse it for ever.

    One in which anything was ever run is left alone.
    """
    if not database.is_file():
        return
    with closing(sqlite3.connect(database)) as opened:
        tables = {name for (name,) in opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        migrated = "alembic_version" in tables and opened.execute("SELECT 1 FROM alembic_version").fetchone()
        used = "pipeline_run" in tables and opened.execute("SELECT 1 FROM pipeline_run").fetchone()
    if not migrated and not used:
        database.rename(database.with_name("zenml.db.half-made"))


def _write_whole_files() -> None:
    """Let ZenML write its configuration in one piece: others read it at any time, and half of it is another one."""
    import scipy.special  # noqa: F401  (before ZenML: see materializers/__init__.py)

    apply(WRITE, _atomic)


def _atomic(zenmls_write: Callable[[str, str], None]) -> Callable[[str, str], None]:
    def write(file_path: str, content: str) -> None:
        if "://" in file_path:  # in a store that is not this machine's
            zenmls_write(file_path, content)
        else:
            write_atomically(Path(file_path), content)

    return write
