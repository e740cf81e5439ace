"""The model that a service serves: read from a folder that `download` wrote, checked before anything is answered."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sentiment.errors import InputError, ModelFileError
from sentiment.models.digests import digest_of, digests, require_digests
from sentiment.models.files import load_scorer
from sentiment.models.known_answers import VERSION_TAG, KnownAnswer, differences
from sentiment.service.answers import Answerer

FILES = "model/data/files"
"""Where the files of the trained pair lie below the folder."""


@dataclass(frozen=True)
class Served:
    """A model, and what is said about it.

    Attributes:
        answerer: Answers with it.
        version: Of the registered model.
        name: Of the candidate.
        digest: SHA-256 over the digests of its files.
        about: What ``GET /model`` says.
        mlflow_version: That wrote it, which is what MLflow's clients ask for.
    """

    answerer: Answerer
    version: str
    name: str
    digest: str
    about: dict[str, Any]
    mlflow_version: str


def load_served(folder: Path) -> Served:
    """Check a downloaded version against its digests, load it, and ask it its known answers.

    Args:
        folder: As `python run.py download VERSION FOLDER` writes it.

    Raises:
        InputError: It is no such folder.
        TamperedModelError: Its files are not those that were registered.
        ModelFileError: It cannot be loaded, or answers otherwise than it did when it was trained.
    """
    described = _described(folder)
    tags: dict[str, str] = described["tags"]
    name = f"version {described['version']} in {folder}"
    found = digests(folder / "model")
    require_digests(name, json.loads(tags["files_sha256"]), found)
    answerer = Answerer(load_scorer(folder / FILES))
    known = [KnownAnswer.model_validate(answer) for answer in json.loads(tags[VERSION_TAG])]
    answers = answerer.answer([one.review for one in known], [one.title for one in known])
    if wrong := differences(known, [answer.probability for answer in answers]):
        raise ModelFileError(f"{name} answers otherwise than when it was trained: {'; '.join(wrong)}")
    digest = digest_of(found)
    mlmodel = (folder / "model" / "MLmodel").read_text(encoding="utf-8")
    return Served(
        answerer=answerer,
        version=str(described["version"]),
        name=tags.get("candidate", ""),
        digest=digest,
        about={
            **_about(described, tags, digest, answerer.threshold),
            "reads_titles": answerer.reads_titles,
            "trained_at": _trained_at(mlmodel),
        },
        mlflow_version=_of_mlmodel(mlmodel, "mlflow_version") or "unknown",
    )


def _described(folder: Path) -> dict[str, Any]:
    path = folder / "version.json"
    try:
        described = json.loads(path.read_text(encoding="utf-8"))
        for needed in ("files_sha256", VERSION_TAG):
            described["tags"][needed]
        described["version"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{folder} is no downloaded version ({path.name}: {type(error).__name__}); a folder that "
            "`python run.py download champion FOLDER` wrote expected"
        ) from error
    return dict(described)


def _about(described: dict[str, Any], tags: dict[str, str], digest: str, threshold: float) -> dict[str, Any]:
    return {
        "version": str(described["version"]),
        "name": tags.get("candidate", ""),
        "family": tags.get("family", ""),
        "algorithm": tags.get("algorithm", ""),
        "digest": digest,
        "threshold": threshold,
        "trained_on": {"data": tags.get("data", ""), "sha256": tags.get("data_sha256", "")},
        "registered_at": described.get("created", ""),
        "metrics": json.loads(tags.get("metrics", "{}")),
        "schema": json.loads(tags.get("schema", "{}")),
    }


def _trained_at(mlmodel: str) -> str | None:
    created = _of_mlmodel(mlmodel, "utc_time_created")
    return f"{created.replace(' ', 'T')}Z" if created else None


def _of_mlmodel(text: str, key: str) -> str | None:
    """Read a value of the first level of an MLmodel file; it is YAML, which a small service does without."""
    for line in text.splitlines():
        if line.startswith(f"{key}: "):
            return line.removeprefix(f"{key}: ").strip().strip("'\"")
    return None
