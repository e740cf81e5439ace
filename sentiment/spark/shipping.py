"""What workers are sent: this package and a model, each as one archive; and how a worker unpacks and checks the model.

Spark has workers fetch both from the driver. So they need this project's libraries, and neither its code nor the
place where models are kept.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import zipfile
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

import sentiment
from sentiment.errors import SparkError
from sentiment.models.digests import digest_of, digests, require_digests
from sentiment.models.files import load_scorer, same_minor
from sentiment.models.scorer import Scorer
from sentiment.spark.jobs import on_workers
from sentiment.spark.session import WHICH_PYTHON

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_ALIKE = ("numpy", "scipy", "scikit-learn")
"""Libraries whose objects travel between the driver and the workers."""
_loaded: dict[str, Scorer] = {}


class Shipment(BaseModel):
    """A model on its way to workers.

    Attributes:
        archive: The name of the file that Spark sends.
        digests: Of the model's files, as they were verified on the driver: relative path to sha256.
    """

    model_config = ConfigDict(frozen=True)

    archive: str
    digests: dict[str, str]


def ship_package(session: SparkSession, folder: Path) -> None:
    """Send the package `sentiment` to every worker, so that all run the driver's very code, on the same libraries.

    Args:
        session: Whose workers.
        folder: Where the archive is made.

    Raises:
        SparkError: A worker's Python lacks a library, or has another major or minor version of one.
    """
    root = Path(sentiment.__path__[0])
    archive = folder / "sentiment.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(root.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                packed.write(path, Path("sentiment") / path.relative_to(root))
    session.sparkContext.addPyFile(str(archive))
    ours = _versions()
    for answer in on_workers(session, _versions_there, 2 * session.sparkContext.defaultParallelism):
        theirs = json.loads(answer)
        if other := [name for name in _ALIKE if not same_minor(theirs[name], ours[name])]:
            told = ", ".join(f"{name} {theirs[name] or 'not at all'}, and {ours[name]} is here" for name in other)
            raise SparkError(f"the Python of a worker has {told}; the same minor versions expected: {WHICH_PYTHON}")


def _versions_there(_number: int) -> bytes:
    return json.dumps(_versions()).encode()


def _versions() -> dict[str, str]:
    """Give the versions of the libraries that must be alike; empty where one is not installed."""
    found = dict.fromkeys(_ALIKE, "")
    for name in _ALIKE:
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


def ship_model(session: SparkSession, model_files: Path, folder: Path) -> Shipment:
    """Send a model to every worker.

    Args:
        session: Whose workers.
        model_files: As `models.files.save_model` wrote them, verified.
        folder: Where the archive is made.
    """
    found = digests(model_files)
    name = f"model-{digest_of(found)[:16]}"
    archive = Path(shutil.make_archive(str(folder / name), "zip", model_files))
    session.sparkContext.addFile(str(archive))
    return Shipment(archive=archive.name, digests=found)


def scorer_of_shipment(shipment: Shipment) -> Scorer:
    """Give, on a worker, the model that was sent: checked and loaded once a process.

    Raises:
        TamperedModelError: What arrived is not what was verified on the driver; nothing of it was loaded.
        IncompatibleModelError: This worker's scikit-learn or Keras is of another major or minor version.
    """
    if shipment.archive not in _loaded:
        from pyspark import SparkFiles

        with tempfile.TemporaryDirectory(prefix="sentiment-model-") as folder:
            shutil.unpack_archive(SparkFiles.get(shipment.archive), folder, "zip")
            require_digests("the model that this worker was sent", shipment.digests, digests(Path(folder)))
            _loaded.clear()
            _loaded[shipment.archive] = load_scorer(Path(folder))
    return _loaded[shipment.archive]
