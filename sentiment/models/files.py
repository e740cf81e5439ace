"""How a trained pair lies on disk: the one format behind ZenML's artifacts and MLflow's models.

::

    model.json           format version, library versions, how each part is stored
    vectorizer.skops     a scikit-learn part; or the files of a family that stores its parts itself
    vectorizer.txt       its vocabulary
    classifier.skops

A linear model on runs of words is numbers alone; `linear_text` says how these lie. Nothing is pickled. Other
scikit-learn parts are skops files and are loaded with an allow-list of our own, never with a list that the files bring
along.
"""

from __future__ import annotations

import copy
import json
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from sentiment.errors import IncompatibleModelError, ModelFileError, OtherLibraryVersionWarning
from sentiment.models import families
from sentiment.models.linear_scorer import LinearScorer
from sentiment.models.linear_text import LinearText, load_linear, save_linear
from sentiment.models.scorer import Scorer
from sentiment.models.skops_files import dump_skops, load_skops
from sentiment.models.text_model import TextModel
from sentiment.models.vocabulary_files import load_words, save_words

FORMAT_VERSION = 2
MANIFEST = "model.json"
SKOPS, LINEAR = "skops", "linear"
VOCABULARY = "vocabulary_"
"""The attribute in which scikit-learn's text vectorizers keep word to position."""
LIBRARIES = ("scikit-learn", "keras")
"""What stored parts are built by; their files are not made for another major or minor version."""

MODEL_SUFFIXES = (".json", ".skops", ".keras", ".npy", ".txt")
"""Of every file that `save_model` writes."""


def save_model(model: TextModel, directory: Path) -> None:
    """Write a trained pair into an existing, empty directory."""
    from sentiment.models.linear_pair import linear_text  # and with it scikit-learn, which made the model

    linear = linear_text(model)
    stored = _save_linear(linear, directory) if linear is not None else _save_parts(model, directory)
    manifest = {
        "format_version": FORMAT_VERSION,
        "libraries": library_versions(model),
        "threshold": model.threshold,
        **stored,
    }
    (directory / MANIFEST).write_text(json.dumps(manifest, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def _save_linear(linear: LinearText, directory: Path) -> dict[str, Any]:
    return {
        "parts": dict.fromkeys(TextModel._fields, LINEAR),
        "words_sha256": {},
        LINEAR: save_linear(linear, directory),
    }


def _save_parts(model: TextModel, directory: Path) -> dict[str, Any]:
    parts, words = model._asdict(), {}
    for name, part in parts.items():
        if (family := _storing_family(part)) is not None:
            families.get(family).save_part(part, directory, name)
        elif hasattr(part, VOCABULARY):
            words[name] = _save_with_words(part, directory, name)
        else:
            dump_skops(part, directory / f"{name}.skops")
    return {
        "parts": {name: _storing_family(part) or SKOPS for name, part in parts.items()},
        "words_sha256": words,
    }


def load_model(directory: Path) -> TextModel:
    """Read a trained pair.

    Raises:
        ModelFileError: A file is missing or damaged.
        UntrustedModelError: A file asks for types outside the allow-list; nothing of it was built.
        IncompatibleModelError: The files are of another format version, or of another major or minor version of
            scikit-learn or Keras. Another patch version is an `OtherLibraryVersionWarning`.
    """
    manifest = read_manifest(directory)
    if _is_linear(manifest):
        from sentiment.models.linear_pair import pair

        return pair(load_linear(directory, manifest.get(LINEAR)))
    _require_libraries(directory, manifest["libraries"])
    return TextModel(*(_load_part(directory, name, manifest) for name in TextModel._fields))


def load_scorer(directory: Path) -> Scorer:
    """Read a trained pair to ask it, a linear one without scikit-learn; raises as `load_model`."""
    manifest = read_manifest(directory)
    if _is_linear(manifest):
        return LinearScorer(load_linear(directory, manifest.get(LINEAR)))
    from sentiment.models.pair_scorer import scorer_of

    return scorer_of(load_model(directory))


def read_manifest(directory: Path) -> dict[str, Any]:
    """Read what a model says about its own files; see `load_model` for what is raised."""
    path = directory / MANIFEST
    with _naming_manifest(path):
        manifest = json.loads(path.read_text(encoding="utf-8"))
        found = manifest["format_version"]
    if found != FORMAT_VERSION:
        raise IncompatibleModelError(
            f"{directory} has model format {found}; this version reads format {FORMAT_VERSION}. Train the model again."
        )
    with _naming_manifest(path):
        stored, *_ = (manifest[key].keys() for key in ("parts", "libraries", "words_sha256"))
    if stored != set(TextModel._fields):
        raise ModelFileError(f"{path} lists the parts {sorted(stored)}; {list(TextModel._fields)} expected")
    return dict(manifest)


@contextmanager
def _naming_manifest(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ModelFileError(f"{path} cannot be read as a model's manifest: {error}") from error


def library_versions(model: TextModel) -> dict[str, str]:
    """Name the libraries that the files of `model` depend on, with the installed versions."""
    from sentiment.models.linear_pair import is_linear

    if is_linear(model):
        return {"numpy": version("numpy")}
    names = ["numpy", "scikit-learn", "scipy", "skops"]
    if any(_storing_family(part) for part in model):
        names += ["keras"]
    return {name: version(name) for name in names}


def same_minor(one: str, other: str) -> bool:
    """Whether two versions of a library have the same major and minor number, so that each reads the other."""
    return one.split(".")[:2] == other.split(".")[:2]


def size_in_bytes(directory: Path) -> int:
    """Add up the sizes of all files below `directory`."""
    return sum(path.stat().st_size for path in directory.rglob("*") if path.is_file())


def _is_linear(manifest: Mapping[str, Any]) -> bool:
    return all(stored == LINEAR for stored in manifest["parts"].values())


def _storing_family(part: Any) -> str | None:
    """Name the family that stores `part` in files of its own; None for what skops stores."""
    return getattr(part, "stored_by", None)


def _require_libraries(directory: Path, written_by: dict[str, str]) -> None:
    """Compare the libraries that wrote a model with those that are installed; see `load_model` for what is raised."""
    for name in LIBRARIES:
        theirs = written_by.get(name)
        if theirs is None:
            continue
        try:
            ours = version(name)
        except PackageNotFoundError as error:
            raise IncompatibleModelError(
                f"the model in {directory} needs {name} {theirs}, which is not installed: "
                f"`uv pip install '{name}=={theirs}'`"
            ) from error
        if theirs == ours:
            continue
        if not same_minor(theirs, ours):
            raise IncompatibleModelError(
                f"the model in {directory} was written by {name} {theirs}; {ours} is installed, which may read it "
                f"wrongly. Install what wrote it (`uv pip install '{name}=={theirs}'`), or train it again."
            )
        warnings.warn(
            f"the model in {directory} was written by {name} {theirs}; {ours} reads it",
            OtherLibraryVersionWarning,
            stacklevel=3,
        )


def _save_with_words(vectorizer: Any, directory: Path, name: str) -> str:
    """Write a scikit-learn vectorizer, and its vocabulary as text beside it; give the sha256 of that."""
    words = vectorizer.get_feature_names_out().tolist()
    without = copy.copy(vectorizer)
    delattr(without, VOCABULARY)
    vars(without).pop("_stop_words_id", None)  # an address in memory, which scikit-learn notes when it is first used
    dump_skops(without, directory / f"{name}.skops")
    return save_words(words, directory / f"{name}.txt")


def _load_part(directory: Path, name: str, manifest: dict[str, Any]) -> Any:
    stored = manifest["parts"][name]
    if stored == SKOPS:
        part = load_skops(directory / f"{name}.skops")
        if (sha256 := manifest["words_sha256"].get(name)) is not None:
            words = load_words(directory / f"{name}.txt", sha256)
            setattr(part, VOCABULARY, {word: position for position, word in enumerate(words)})
        return part
    if stored not in families.names() or not hasattr(families.get(stored), "load_part"):
        raise ModelFileError(
            f"{directory / MANIFEST} says that part {name!r} is stored as {stored!r}, which cannot be read"
        )
    return families.get(stored).load_part(directory, name)
