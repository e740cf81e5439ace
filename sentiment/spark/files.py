"""Which files are read, and how each machine of a cluster reads one: where it lies, or from a copy of an object.

An object of a store is copied to a machine when a part of it is first read there, once for all parts, below the folders
that Spark empties when the job ends. So every file is read by the same reader, wherever it is kept.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from filelock import FileLock
from pydantic import BaseModel, ConfigDict

from sentiment.addresses import is_address
from sentiment.errors import InputError
from sentiment.models.digests import digest_of
from sentiment.spark.stores import store_of, told

_MAGIC = "*?["
_HIDDEN = ("_", ".")
"""What names begin with that are no data, as everywhere on Spark."""
_VERSIONS = ("ETag", "generation", "etag", "mtime")
_MOST_COPIES_SECONDS = 3600
_COPIES = "sentiment-inputs"


class InputName(BaseModel):
    """A file that is to be read.

    Attributes:
        path: On every machine; or the address of an object.
        version: Of an object, as its store says it; empty for a file.
    """

    model_config = ConfigDict(frozen=True)

    path: str
    version: str = ""

    def here(self) -> Path:
        """Give the file on this machine; an object, on a worker alone, is copied there if it was not yet.

        Raises:
            InputError: The object cannot be read, or is another one by now.
        """
        return _copied(self) if self.version else Path(self.path)


def called(named: Path | str) -> str:
    """Give the last name of a path or an address."""
    return str(named).rstrip("/").rpartition("/")[2]


def input_files(named: Path | str) -> list[InputName]:
    """List the files that a path or an address names: itself, those in and below it, or those that match a pattern.

    Raises:
        InputError: There is none, or the store of an address cannot be asked.
    """
    found = _objects(str(named)) if is_address(named) else _paths(Path(named))
    if not found:
        what = "has no files in it" if Path(named).is_dir() else "matches no file"
        raise InputError(f"{named} {what}; files of reviews expected")
    return sorted(found, key=lambda file: Path(file.path))


def _paths(named: Path) -> list[InputName]:
    if named.is_dir():
        found = [path for path in named.rglob("*") if path.is_file() and not _is_hidden(path.relative_to(named).parts)]
    elif named.exists() or not any(sign in str(named) for sign in _MAGIC):
        found = [named]
    else:
        root = Path(named.anchor or ".")
        found = [path for path in root.glob(str(named.relative_to(named.anchor))) if path.is_file()]
    return [InputName(path=str(path)) for path in found]


def _objects(address: str) -> list[InputName]:
    scheme = address.partition("://")[0]
    with told(f"{address} cannot be listed"):
        store, path = store_of(address)
        is_pattern = any(sign in path for sign in _MAGIC)
        found: dict[str, dict[str, Any]] = (store.glob if is_pattern else store.find)(path, detail=True)
    root = re.split(r"[*?\[]", path)[0].rpartition("/")[0] if is_pattern else path
    return [
        InputName(path=f"{scheme}://{name}", version=_version(info))
        for name, info in found.items()
        if info["type"] == "file" and not _is_hidden(name.removeprefix(root).split("/"))
    ]


def _copied(file: InputName) -> Path:
    name = f"copy-{re.sub(r'[^A-Za-z0-9.-]', '_', called(file.path))[-100:]}"
    folder = folder_of_job() / _COPIES / digest_of(file.model_dump())[:32]
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / ".lock", timeout=_MOST_COPIES_SECONDS):
        if not (folder / name).exists():
            with told(f"{file.path} cannot be read"):
                store, path = store_of(file.path)
                if _version(store.info(path)) != file.version:
                    raise InputError(f"{file.path} changed while it was read; start again")
                half = folder / ".half"
                store.get_file(path, str(half))
                half.rename(folder / name)
    return folder / name


def folder_of_job() -> Path:
    """Give a worker's own folder, which Spark removes when the job ends."""
    return Path(os.environ["SPARK_LOCAL_DIRS"].split(",")[0])


def _version(info: dict[str, Any]) -> str:
    stated = next((str(info[name]) for name in _VERSIONS if info.get(name)), "")
    return f"{info['size']} bytes {stated}".strip()


def _is_hidden(names: tuple[str, ...] | list[str]) -> bool:
    return any(name.startswith(_HIDDEN) for name in names)
