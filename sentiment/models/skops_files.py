"""Reading and writing scikit-learn objects with skops, against an allow-list of our own."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from sentiment.errors import ModelFileError, UntrustedModelError

TRUSTED_TYPES = (
    "sentiment.models.calibrated_linear.CalibratedLinear",
    "sentiment.models.spelling.Spelling",
    "sentiment.text.article.ArticleRecipe",
    "sentiment.text.ending.EndingRecipe",
    "sentiment.text.negation.NegationRecipe",
)
"""Types beyond scikit-learn's public estimators, numpy and scipy, which skops trusts by itself."""

_SCHEMA = "schema.json"
"""The file inside a skops file that says what it is made of."""
_DAMAGE = (
    *(OSError, BadZipFile, zlib.error, EOFError, RuntimeError, KeyError, ValueError, TypeError, AttributeError),
    MemoryError,  # of a header that asks for more than there is
)
"""What reading a file raises that is missing, cut off or partly overwritten."""


@contextmanager
def naming_damage(path: Path) -> Iterator[None]:
    """Turn what reading a missing or damaged `path` raises into a `ModelFileError` that names it."""
    try:
        yield
    except _DAMAGE as error:
        raise ModelFileError(f"{path} is missing or damaged: {error}") from error


def dump_skops(value: Any, path: Path) -> None:
    """Write an object: equal ones as equal bytes. What it contains is checked when it is read."""
    import skops.io  # it imports all of scikit-learn: seconds, which a command that loads no model need not wait for

    path.write_bytes(_reproducible(skops.io.dumps(value)))


def _reproducible(content: bytes) -> bytes:
    """Give a skops file without what is chance: the time, and addresses in memory, by which skops numbers objects.

    Objects are numbered in their order instead, from 1. Equal numbers, strings and the like have one number: whether
    Python keeps them once or twice is chance too, and nothing can change them.
    """
    numbers: dict[tuple[str, Any], int] = {}
    files: dict[str, str] = {}

    def renumbered(node: dict[str, Any]) -> dict[str, Any]:
        if isinstance(node.get("__id__"), int):  # not a key of somebody's own, whose value is a node
            key = ("content", node["content"]) if node["__loader__"] == "JsonNode" else ("address", node["__id__"])
            node["__id__"] = numbers.setdefault(key, len(numbers) + 1)
            if "file" in node:
                named = f"{node['__id__']}{Path(node['file']).suffix}"
                files[node["file"]] = named
                node["file"] = named
        return node

    written = BytesIO()
    with ZipFile(BytesIO(content)) as given, ZipFile(written, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        schema = json.loads(given.read(_SCHEMA), object_hook=renumbered)
        for name in given.namelist():
            member = json.dumps(schema).encode() if name == _SCHEMA else given.read(name)
            archive.writestr(ZipInfo(files.get(name, name)), member, ZIP_DEFLATED, compresslevel=1)
    return written.getvalue()


def load_skops(path: Path) -> Any:
    """Read an object, after checking every type in the file.

    Raises:
        UntrustedModelError: It asks for types outside the allow-list; none of it was built.
        ModelFileError: The file is missing or damaged.
    """
    import skops.io

    with naming_damage(path):
        refused = set(skops.io.get_untrusted_types(file=path)) - set(TRUSTED_TYPES)
        if refused:
            raise UntrustedModelError(str(path), sorted(refused))
        return skops.io.load(path, trusted=list(TRUSTED_TYPES))
