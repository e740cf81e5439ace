"""Opening ZenML: once for a new home, whoever comes at the same time; and its files are read whole or not at all."""

from __future__ import annotations

from importlib.metadata import version

from filelock import FileLock, Timeout

from sentiment.atomic import write_atomically
from sentiment.errors import InputError, TrackingError
from stack_config.active import zenml_folder

_PATIENCE = 180.0
"""Seconds: the first start of ZenML takes ten, on a busy machine a multiple."""


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
        InputError: As `opening_lock`.
        TrackingError: Somebody else has been at it for too long.
    """
    _write_whole_files()
    opened = zenml_folder() / f"sentiment.opened-{version('zenml')}"
    if opened.exists():
        return
    from zenml.client import Client

    try:
        with opening_lock():
            if not opened.exists():
                Client().get_stack()  # asking makes the database, with a first stack
                write_atomically(opened, "")
    except Timeout as error:
        raise TrackingError(
            f"another command has been setting {zenml_folder()} up for {_PATIENCE:.0f} s; try again in a while"
        ) from error


def _write_whole_files() -> None:
    """Let ZenML write its configuration in one piece: others read it at any time, and half of it is another one."""
    from pathlib import Path

    from zenml.utils import io_utils

    def write(file_path: str, content: str) -> None:
        if io_utils.is_remote(file_path):
            whole_file(file_path, content)
        else:
            write_atomically(Path(file_path), content)

    whole_file = io_utils.write_file_contents_as_string
    if whole_file.__module__ != __name__:
        write.__module__ = __name__
        io_utils.write_file_contents_as_string = write
