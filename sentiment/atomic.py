"""Writing a file whole or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path


def write_atomically(path: Path, content: str | bytes) -> None:
    """Write a file; a reader sees the old content or the new, never a part, and a failure leaves the old.

    Args:
        path: In a folder that is there; who may read and write a file that is there already stays as it was.
        content: A text is stored as UTF-8; half a character of a broken one becomes a question mark.

    Raises:
        OSError: It cannot be written.
    """
    staged = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with staged.open("wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode("utf-8", "replace"))
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            staged.chmod(stat.S_IMODE(path.stat().st_mode))
        os.replace(staged, path)  # noqa: PTH105  (atomic on every platform, which Path.rename is not)
    finally:
        staged.unlink(missing_ok=True)
