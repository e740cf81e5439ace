"""Reading and writing scikit-learn objects with skops, against an allow-list of our own."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, BadZipFile

from sentiment.errors import ModelFileError, UntrustedModelError

TRUSTED_TYPES = (
    "sentiment.models.calibrated_linear.CalibratedLinear",
    "sentiment.models.spelling.Spelling",
    "sentiment.text.article.ArticleRecipe",
    "sentiment.text.ending.EndingRecipe",
    "sentiment.text.negation.NegationRecipe",
)
"""Types beyond scikit-learn's public estimators, numpy and scipy, which skops trusts by itself."""

_DAMAGE = (OSError, BadZipFile, zlib.error, EOFError, RuntimeError, KeyError, ValueError, TypeError, AttributeError)
"""What reading a file raises that is missing, cut off or partly overwritten."""


@contextmanager
def naming_damage(path: Path) -> Iterator[None]:
    """Turn what reading a missing or damaged `path` raises into a `ModelFileError` that names it."""
    try:
        yield
    except _DAMAGE as error:
        raise ModelFileError(f"{path} is missing or damaged: {error}") from error


def dump_skops(value: Any, path: Path) -> None:
    """Write an object; what it contains is checked when it is read."""
    import skops.io  # it imports all of scikit-learn: seconds, which a command that loads no model need not wait for

    skops.io.dump(value, path, compression=ZIP_DEFLATED, compresslevel=1)


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
