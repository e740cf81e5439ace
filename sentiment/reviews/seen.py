"""Which texts a model was trained on, kept without any text: a few bytes each, to be recognised by and not to be read.

Two texts that differ in case or white space only are the same here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

_BYTES = 8
"""Of a hash. Two of a million texts share one with a probability of 3 in 100 million."""
_TYPE = np.dtype("<u8")


def fingerprints(texts: Iterable[str]) -> NDArray[np.uint64]:
    """Hash texts.

    Returns:
        Shape ``(n_distinct_texts,)``, in ascending order.
    """
    return np.unique(keys(texts))


def keys(texts: Iterable[str]) -> NDArray[np.uint64]:
    """Hash texts, those that occur again too.

    Returns:
        Shape ``(n_texts,)``, in their order.
    """
    return np.array([_hash(text) for text in texts], dtype=_TYPE)


def seen(texts: Sequence[str], known: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Tell which texts are among those that were hashed.

    Returns:
        Shape ``(n_texts,)``.
    """
    return np.isin(keys(texts), known)


def as_bytes(known: NDArray[np.uint64]) -> bytes:
    """Write fingerprints as they are stored: eight bytes each, the lowest first."""
    return known.astype(_TYPE).tobytes()


def from_bytes(content: bytes) -> NDArray[np.uint64]:
    """Read what `as_bytes` wrote.

    Raises:
        ValueError: It is not a whole number of fingerprints.
    """
    return np.frombuffer(content, dtype=_TYPE)


def _hash(text: str) -> int:
    plain = " ".join(text.split()).casefold().encode("utf-8", errors="surrogatepass")
    return int.from_bytes(hashlib.blake2b(plain, digest_size=_BYTES).digest(), "little")
