"""What was brought as it can be read: a regular file, unpacked, or standard input kept as a file for a while."""

from __future__ import annotations

import gzip
import os
import shutil
import stat
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, BinaryIO

from sentiment.errors import InputError, InvalidReviewsError

UNPACKED = "unpacked-"
"""What the names of folders begin with that hold what was unpacked."""
_WORKBOOKS = {"[Content_Types].xml": "an Excel", "META-INF/manifest.xml": "an OpenDocument"}
_HEAD = 1 << 16
_BLOCK = 1 << 20
_BLOCKS_BETWEEN_LOOKS = 64
_LEFT_FREE = 512 << 20
"""In bytes, on the disk that something large is unpacked to."""


def require_regular(path: Path) -> None:
    """Refuse what cannot be read twice, without opening it: a pipe would wait for ever.

    Raises:
        InputError: It is missing, a folder, a pipe or a device.
    """
    try:
        mode = path.stat().st_mode
    except FileNotFoundError as error:
        raise InputError(f"{path} does not exist; the path of a file of reviews expected") from error
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    if stat.S_ISDIR(mode):
        raise InputError(f"{path} is a folder; the path of a file of reviews expected")
    if not stat.S_ISREG(mode):
        kind = "a pipe" if stat.S_ISFIFO(mode) else "a socket" if stat.S_ISSOCK(mode) else "a device"
        raise InputError(
            f"{path} is {kind}, which can be read only once, and a file of reviews is read several times. "
            "Give - and the reviews on standard input, or save them as a file."
        )
    if not os.access(path, os.R_OK):
        raise InputError(f"{path} cannot be read: Permission denied")


@contextmanager
def spooled(stream: IO[bytes]) -> Iterator[Path]:
    """Keep what can be read only once, such as standard input, as a file for a while."""
    with tempfile.TemporaryDirectory(prefix="reviews-") as folder:
        path = Path(folder) / "standard-input"
        with path.open("wb") as file:
            _copy("standard input", stream, file)
        yield path


def unpack(path: Path, stack: ExitStack, folder: Path | None) -> tuple[Path, str]:
    """Unpack a file where it is packed.

    Args:
        path: Of the file.
        stack: As long as it lives, what was unpacked is there.
        folder: Where it is kept; the system's own for such files where none is given.

    Returns:
        What is to be read, and how it was packed; empty where it was not.

    Raises:
        InvalidReviewsError: It is no archive of one file, or damaged.
    """
    head = head_of(path)
    if head.startswith(b"\x1f\x8b"):
        unpacked = new_file(stack, folder)
        with gzip.open(path) as packed, unpacked.open("wb") as file:
            _copied(path, packed, file)
        return unpacked, "gzip"
    if not head.startswith(b"PK\x03\x04"):
        return path, ""
    unpacked = new_file(stack, folder)
    with zipfile.ZipFile(path) as archive:
        names = [one.filename for one in archive.infolist() if not one.is_dir() and not _hidden(one.filename)]
        for name, kind in _WORKBOOKS.items():
            if name in names:
                raise InvalidReviewsError(str(path), [f"the file is {kind} workbook; save it as CSV"])
        if len(names) != 1:
            listed = ", ".join(map(repr, names[:5])) or "none"
            raise InvalidReviewsError(str(path), [f"the archive has {len(names)} files ({listed}); one expected"])
        try:
            with archive.open(names[0]) as packed, unpacked.open("wb") as file:
                _copied(path, packed, file)
        except (RuntimeError, NotImplementedError) as error:  # encrypted, or packed by another method
            raise InvalidReviewsError(str(path), [f"the archive cannot be unpacked: {error}"]) from error
    return unpacked, "zip"


def _hidden(name: str) -> bool:
    """Whether a file in an archive is none that somebody put there: what macOS adds."""
    return "__MACOSX" in name or name.rsplit("/", 1)[-1] == ".DS_Store"


def _copied(path: Path, packed: IO[bytes] | gzip.GzipFile, file: BinaryIO) -> None:
    try:
        _copy(str(path), packed, file)
    except gzip.BadGzipFile as error:
        raise InvalidReviewsError(str(path), [f"the archive is damaged: {error}"]) from error


def _copy(source: str, stream: IO[bytes] | gzip.GzipFile, file: BinaryIO) -> None:
    """Copy all of a stream, as long as that leaves others room: a small archive may hold more than any disk.

    Raises:
        InvalidReviewsError: It does not.
    """
    for number, block in enumerate(iter(lambda: stream.read(_BLOCK), b"")):
        if number % _BLOCKS_BETWEEN_LOOKS == _BLOCKS_BETWEEN_LOOKS - 1:
            free = shutil.disk_usage(file.name).free
            if free < _LEFT_FREE:
                found = f"after {number * _BLOCK / 2**30:.1f} GiB of it {free / 2**20:,.0f} MiB are free"
                where = Path(file.name).parent.parent
                advice = "the variable TMPDIR names another place, for what is really so large"
                raise InvalidReviewsError(source, [f"{found} in {where}, which are left to others; {advice}"])
        file.write(block)


def new_file(stack: ExitStack, folder: Path | None) -> Path:
    """Give the path of a file that lives as long as the stack."""
    return Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=UNPACKED, dir=folder))) / "reviews"


def head_of(path: Path) -> bytes:
    """Read the beginning of a file."""
    try:
        with path.open("rb") as file:
            return file.read(_HEAD)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
