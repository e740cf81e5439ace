"""How far a scoring run got. Written after the rows it speaks of are on the disk, in one piece."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from sentiment.atomic import write_atomically
from sentiment.errors import InputError
from sentiment.reviews.lines import Place

JOURNAL = "journal.json"
"""What a journal is called in the folder of an unfinished run."""


class Job(BaseModel):
    """What is scored with what; a run goes on only with the very same.

    Attributes:
        source_sha256: Of the file that is read.
        version: Of the registered model.
        schema_settings: How the file is read, where that is not the article's way.
        exact: Whether text stays as it is.
    """

    model_config = ConfigDict(frozen=True)

    source_sha256: str
    encoding: str
    version: str
    suffix: str
    schema_settings: dict[str, Any] = {}
    exact: bool = False


class Journal(BaseModel):
    """The state of a run at one moment.

    Attributes:
        place: The rows before it are in the sinks.
        scored: Rows that were.
        rejected: Rows that could not be.
        faults: Of these, those whose structure is wrong.
        without_known_words: Scored rows of which the model knows no word.
        scored_mark: Of the sink of scored rows.
        rejected_mark: Of the sink of rejected ones.
        finished: Every row is in the sinks; what is left is to put them in place.
    """

    model_config = ConfigDict(frozen=True)

    job: Job
    place: Place
    scored: int = 0
    rejected: int = 0
    faults: int = 0
    without_known_words: int = 0
    scored_mark: int = 0
    rejected_mark: int = 0
    finished: bool = False

    def as_text(self) -> str:
        """Write it as JSON; `parsed` reads it."""
        return self.model_dump_json(indent=2) + "\n"

    def write(self, folder: Path) -> None:
        """Replace the journal of a folder."""
        write_atomically(folder / JOURNAL, self.as_text())


def forget_journal(folder: Path) -> None:
    """Remove the journal of a folder: what else lies there means nothing from now on."""
    (folder / JOURNAL).unlink(missing_ok=True)


def read_journal(folder: Path) -> Journal | None:
    """Read how far a run got; None where none began; raises as `parsed`."""
    try:
        return parsed((folder / JOURNAL).read_bytes(), folder)
    except FileNotFoundError:
        return None


def parsed(content: bytes, folder: Path | str) -> Journal:
    """Read a journal.

    Args:
        content: Of the file.
        folder: Where it lies, for people.

    Raises:
        InputError: It is damaged.
    """
    try:
        return Journal.model_validate_json(content)
    except ValidationError as error:
        raise InputError(f"{folder}/{JOURNAL} is damaged; begin again with --restart") from error
