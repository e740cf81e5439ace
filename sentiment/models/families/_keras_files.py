"""How the parts of `embedding_average` lie on disk, and what is refused on the way back.

The vocabulary is text, the recipe is skops, the network is Keras' own format. A ``.keras`` file names the classes that
are built on loading, so it is read against an allow-list before Keras sees it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from sentiment.errors import ModelFileError, UntrustedModelError
from sentiment.models.families._sequences import EmbeddingClassifier, SequenceVectorizer
from sentiment.models.skops_files import dump_skops, load_skops, naming_damage
from sentiment.models.vocabulary_files import load_words, save_words

ALLOWED_CLASSES = frozenset(
    {
        ("keras", "Sequential"),
        ("keras.layers", "InputLayer"),
        ("keras.layers", "Embedding"),
        ("keras.layers", "GlobalAveragePooling1D"),
        ("keras.layers", "Dense"),
        ("keras.initializers", "RandomUniform"),
        ("keras.initializers", "GlorotUniform"),
        ("keras.initializers", "Zeros"),
        ("keras", "DTypePolicy"),
    }
)
LARGEST_NETWORK = 500_000_000
"""Bytes, unpacked."""


def save_part(part: SequenceVectorizer | EmbeddingClassifier, directory: Path, name: str) -> None:
    """Write one part of a trained pair into `directory`, in files whose names begin with `name`."""
    if isinstance(part, EmbeddingClassifier):
        part.network.save(directory / f"{name}.keras")
        return
    digest = save_words(part.words, directory / f"{name}.txt")
    dump_skops(part.recipe, directory / f"{name}.recipe.skops")
    facts = {
        "vocabulary_size": part.vocabulary_size,
        "max_length": part.max_length,
        "vocabulary_sha256": digest,
    }
    (directory / f"{name}.json").write_text(json.dumps(facts) + "\n", encoding="utf-8")


def load_part(directory: Path, name: str) -> SequenceVectorizer | EmbeddingClassifier:
    """Read what `save_part` wrote.

    Raises:
        UntrustedModelError: The files ask for classes outside the allow-list; none was built.
        ModelFileError: A file is missing or damaged.
    """
    if name == "classifier":
        with naming_damage(path := directory / f"{name}.keras"):
            return EmbeddingClassifier(_load_network(path))
    with naming_damage(path := directory / f"{name}.json"):
        facts = json.loads(path.read_text(encoding="utf-8"))
        vocabulary_size, max_length = int(facts["vocabulary_size"]), int(facts["max_length"])
        digest = facts["vocabulary_sha256"]
    words = load_words(directory / f"{name}.txt", digest)
    recipe = load_skops(directory / f"{name}.recipe.skops")
    return SequenceVectorizer(recipe, vocabulary_size, max_length).with_words(words)


def _load_network(path: Path) -> Any:
    _require_allowed(path)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    import keras  # seconds, which only a network needs

    return keras.saving.load_model(path, compile=False, safe_mode=True)


def _require_allowed(path: Path) -> None:
    with ZipFile(path) as archive:
        if (size := sum(member.file_size for member in archive.infolist())) > LARGEST_NETWORK:
            raise ModelFileError(f"{path} unpacks to {size} bytes; at most {LARGEST_NETWORK} expected")
        config = json.loads(archive.read("config.json"))
    if refused := sorted(f"{module}.{name}" for module, name in set(_classes(config)) - ALLOWED_CLASSES):
        raise UntrustedModelError(str(path), refused)


def _classes(config: Any) -> Iterator[tuple[str, str]]:
    """Name every class that a Keras configuration would build, wherever it is nested."""
    if isinstance(config, dict):
        if "class_name" in config:
            yield str(config.get("module")), str(config["class_name"])
        for value in config.values():
            yield from _classes(value)
    elif isinstance(config, list):
        for value in config:
            yield from _classes(value)
