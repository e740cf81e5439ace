"""Where reviews come from: the article's file, the bundled sample, or a path."""

from __future__ import annotations

import os
import tempfile
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from sentiment import extras
from sentiment.errors import InputError
from sentiment.models.digests import sha256_of

REAL_FILE = "Womens Clothing E-Commerce Reviews.csv"
REAL_SHA256 = "bd93cc515747ad1f87b8bc863c9e40da758509e6db6506a96d06976e61e36ee0"
SAMPLE_FILE = "sample_reviews.csv"
SAMPLE = "sample"
KAGGLE_DATASET = "nicapotato/womens-ecommerce-clothing-reviews"


@dataclass(frozen=True)
class DataSource:
    """A file of reviews.

    Attributes:
        name: For people: ``sample``, or the file's name.
        is_sample: Whether it is the bundled sample, which everything trained on it says.
    """

    path: Path
    name: str
    is_sample: bool


def resolve(named: str | None, root: Path) -> DataSource:
    """Find the reviews that were asked for.

    Args:
        named: ``sample``, a path, or None for the article's file where it is in place, else the sample.
        root: Of the project.

    Raises:
        InputError: An empty path was named, which would be the folder one is in.
    """
    if named == "":
        raise InputError("an empty path found; the path of a file of reviews expected")
    sample, real = root / "data" / SAMPLE_FILE, root / "data" / REAL_FILE
    if named is None:
        path = real if real.is_file() else sample
    else:
        path = sample if named == SAMPLE else Path(named).expanduser()
    is_sample = path == sample or (path.is_file() and path.resolve() == sample.resolve())
    return DataSource(path, SAMPLE if is_sample else path.name, is_sample)


def fetch(root: Path, *, downloaded: Path | None = None) -> str:
    """Put the article's reviews in place.

    Args:
        root: Of the project.
        downloaded: A file that was downloaded by hand: the CSV, or Kaggle's ZIP of it; None to download it now.

    Returns:
        What was done, for people.

    Raises:
        InputError: It could not be downloaded or is another file; nothing was changed, and the message says how to
            do it by hand.
    """
    destination = root / "data" / REAL_FILE
    if destination.is_file() and sha256_of(destination) == REAL_SHA256:
        return f"{destination} is in place already."
    install_file(downloaded or _download(root), destination)
    return f"{destination} is in place; `python run.py` trains on it from now on."


def install_file(source: Path, destination: Path, *, sha256: str = REAL_SHA256) -> None:
    """Check a downloaded file and put it in place atomically.

    Raises:
        InputError: It cannot be read, or its digest is another; `destination` is as it was.
    """
    with tempfile.TemporaryDirectory(dir=destination.parent, prefix=".fetch-") as folder:
        staged = Path(folder) / destination.name
        _extract(source, staged, member=destination.name)
        if (found := sha256_of(staged)) != sha256:
            raise InputError(f"{source} is not the article's file: sha256 {found} found, {sha256} expected")
        os.replace(staged, destination)  # noqa: PTH105  (atomic on every platform, which Path.rename is not)


def _extract(source: Path, staged: Path, *, member: str) -> None:
    try:
        if zipfile.is_zipfile(source):
            with zipfile.ZipFile(source) as archive:
                content = archive.read(member)
        else:
            content = source.read_bytes()
        with staged.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except KeyError as error:
        raise InputError(f"{source} has no file {member!r} in it") from error
    except (OSError, zipfile.BadZipFile, zlib.error, RuntimeError) as error:  # RuntimeError: encrypted, other methods
        raise InputError(f"{source} cannot be read: {error}") from error


def _download(root: Path) -> Path:
    """Download with kagglehub; the one place in the project that needs a network."""
    by_hand = (
        f"Or download it by hand: https://www.kaggle.com/datasets/{KAGGLE_DATASET} has a Download button; then "
        "`python run.py data fetch --from FILE` checks the file and puts it in place "
        f"({root / 'data' / REAL_FILE}, sha256 {REAL_SHA256})."
    )
    try:
        extras.require("fetch", "downloading")
    except InputError as error:
        raise InputError(f"{error}.\n{by_hand}") from error
    import kagglehub

    try:
        return Path(kagglehub.dataset_download(KAGGLE_DATASET)) / REAL_FILE
    except Exception as error:
        raise InputError(f"the download failed: {error}\n{by_hand}") from error
