"""What libraries say when something fails, in words: no SQL, no chain of causes, and a full disk is called so."""

from __future__ import annotations

import errno
import re

from sentiment import extras

_FULL = re.compile("No space left on device|database or disk is full|Disk quota exceeded|File too large", re.IGNORECASE)
_FULL_NUMBERS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_OF_DATABASES = re.compile(r"\s*(?:\[SQL:|\(Background on this error).*", re.DOTALL)
_LONGEST = 2_000
DISK_FULL = "the disk is full; make room and start it again"


def in_words(reason: str) -> str:
    """Give a reason as it may be shown: without statements of a database, and of a bounded length."""
    if _FULL.search(reason):
        return DISK_FULL
    plain = _OF_DATABASES.sub("", reason)
    return plain if len(plain) <= _LONGEST else plain[:_LONGEST] + "…"


def unexpected(error: BaseException) -> tuple[str, int]:
    """Give one line about an error that nobody foresaw, and the exit code: 2 where what was given is the cause."""
    for one in _chain(error):
        if (isinstance(one, OSError) and one.errno in _FULL_NUMBERS) or _FULL.search(str(one)):
            return DISK_FULL, 1
        if isinstance(one, ModuleNotFoundError) and (extra := extras.extra_of(one.name or "")) is not None:
            return f"{one.name} is not installed: `{extras.command(extra)}`", 2
    if isinstance(error, UnicodeEncodeError):
        return f"found text that is not UTF-8 ({error.object[:60]!a}); UTF-8 expected", 2
    if isinstance(error, OSError) and error.strerror:
        named = f"{str(error.filename)[:200]}: " if error.filename else ""
        return f"{named}{error.strerror}", 2 if error.errno == errno.ENAMETOOLONG else 1
    lines = in_words(str(error)).strip().splitlines() or ["no reason was given"]
    return f"{type(error).__name__}: {lines[0]}", 1


def _chain(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    following: BaseException | None = error
    while following is not None and following not in found:
        found.append(following)
        following = following.__cause__ or following.__context__
    return found
