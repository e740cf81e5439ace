"""What a search has done so far, one JSON line a finished trial: a search that was killed goes on from it.

Only the process of the search writes it, whatever the number of its workers; a line that was cut off by the end of the
process is dropped.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict, ValidationError

from sentiment.errors import InputError
from sentiment.search.space import Space
from sentiment.search.trial import Trial
from sentiment.training.candidates import Candidate

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def journal_path(folder: Path, name: str) -> Path:
    """Give the path of a search's journal.

    Raises:
        InputError: The name could not be a file's everywhere.
    """
    if not _NAME.fullmatch(name):
        raise InputError(f"found {name!r} as the name of a search; up to 64 letters, digits, '.', '_', '-' expected")
    return folder / f"{name}.jsonl"


class Plan(BaseModel):
    """What a search is, from its first line on; what it finds depends on nothing else.

    Attributes:
        name: Of the search.
        rows: What the rows that are learned from depend on: the digest of their file, and how it was split.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    space: Space
    start: Candidate
    engine: str
    algorithm: str
    rows: str


class Journal:
    """The journal of one search, held by one process at a time.

    Args:
        path: Of the file; its folder is made.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = FileLock(path.with_suffix(".lock"))

    def open(self, plan: Plan) -> dict[int, Trial]:
        """Begin, or go on with what was begun; gives the trials that are finished, by number.

        Raises:
            InputError: It is of another plan, is no journal, or another process has it open.
        """
        try:
            self._lock.acquire(timeout=0)
        except Timeout as error:
            raise InputError(f"search {plan.name} is running already ({self.path} is in use)") from error
        if not self.path.exists():
            self._write(plan)
            return {}
        begun, trials = read(self.path)
        if begun != plan:
            differing = [name for name in Plan.model_fields if getattr(begun, name) != getattr(plan, name)]
            raise InputError(
                f"search {plan.name} was begun with another {', '.join(differing)}, so it cannot go on with this one. "
                "Take what it was begun with, or begin a search with another name."
            )
        self._drop_cut_line()
        return {trial.number: trial for trial in trials}

    def add(self, trial: Trial) -> None:
        """Keep a finished trial; it is on the disk when this returns."""
        self._write(trial)

    def close(self) -> None:
        """Let another process have it."""
        self._lock.release()

    def _write(self, record: BaseModel) -> None:
        with self.path.open("a", encoding="utf-8") as file:
            file.write(record.model_dump_json() + "\n")
            file.flush()
            os.fsync(file.fileno())

    def _drop_cut_line(self) -> None:
        content = self.path.read_bytes()
        if not content.endswith(b"\n"):
            with self.path.open("r+b") as file:
                file.truncate(content.rfind(b"\n") + 1)


def read(path: Path) -> tuple[Plan, list[Trial]]:
    """Read a journal.

    Raises:
        InputError: There is none, or it is damaged before its last line.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        whole = [json.loads(line) for line in lines if line.endswith("\n")]
        begun: dict[str, Any] = whole[0]
        return Plan.model_validate(begun), [Trial.model_validate(line) for line in whole[1:]]
    except FileNotFoundError as error:
        raise InputError(f"there is no search to go on with: {path} is not there") from error
    except (OSError, ValueError, IndexError, ValidationError) as error:
        raise InputError(f"{path} is not the journal of a search: {error}") from error
