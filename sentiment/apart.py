"""Keeping what a command writes apart from what it reads, by whatever name either was given."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sentiment.errors import InputError


def require_apart(written: Iterable[Path], read: Iterable[Path]) -> None:
    """Refuse to write what is read: the same file, a folder that holds it, or a place in a folder that is read.

    Files are compared as the operating system does it. So symbolic links, hard links, names that differ in case alone
    on a disk that ignores case, and several mounts of one disk are all seen.

    Args:
        written: Files and folders that will be made or replaced; they may be there already.
        read: Files and folders.

    Raises:
        InputError: Something is both.
    """
    sources = list(read)
    for target in written:
        for source in sources:
            if _is_same(target, source):
                raise InputError(
                    f"{target} is the same file as {source}, which is read; give another name for what is written. "
                    "Nothing was changed."
                )
            if _holds(target, source):
                raise InputError(
                    f"{target} would be replaced, and {source}, which is read, lies in it; give another name for what "
                    "is written. Nothing was changed."
                )
            if _holds(source, target):
                raise InputError(
                    f"{target} lies in {source}, so another run would take it for reviews; give a place outside of it"
                )


def _is_same(first: Path, second: Path) -> bool:
    return first.exists() and second.exists() and first.samefile(second)


def _holds(folder: Path, path: Path) -> bool:
    return folder.is_dir() and any(_is_same(parent, folder) for parent in path.resolve().parents)
