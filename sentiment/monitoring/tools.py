"""Optional programs beside our own tests: Alibi Detect's verdict and Evidently's report of a window.

What they need cannot live in the project's environment, so each runs in one of its own, as a process that is given a
file of arrays and leaves its answer in another. It sees no variable of ours, opens no connection, and has an end.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sentiment.errors import ToolError, ToolMissingError
from sentiment.monitoring.rows import Rows

HOME = Path(__file__).parents[2] / "tools"
SECONDS = 300.0
_SAID = 300


class Tool(NamedTuple):
    """One program.

    Attributes:
        name: For people.
        target: Of the Makefile, that makes its environment, which has the same name.
        script: In `HOME`.
        answer: The file that it leaves.
        most_bytes: Of that file.
        terms: Its licence, and why it has an environment of its own.
    """

    name: str
    target: str
    script: str
    answer: str
    most_bytes: int
    terms: str


ALIBI = Tool(
    "Alibi Detect",
    "alibi",
    "alibi.py",
    "answer.json",
    10_000,
    "Business Source License 1.1: production use needs a licence of Seldon's; numpy 1 and pandas 2",
)
EVIDENTLY = Tool(
    "Evidently",
    "evidently",
    "evidently_report.py",
    "answer.html",
    32_000_000,
    "Apache License 2.0; pandas 2",
)


class Opinion(BaseModel):
    """What another library's test says of a window; it stands beside our verdict and decides nothing.

    Attributes:
        tool: The library and its version.
        test: Which of its tests.
        rows: Of both sides together.
        p_value: Of the window being like the reference, in [0, 1].
        distance: Between the two, in [0, 1], as the library has it.
        changed: Its verdict, at the window's rate of false alarms.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    tool: str = Field(pattern=r"^alibi-detect [0-9a-z.]{1,20}$")
    test: str = Field(pattern=r"^[a-z -]{1,60}$")
    rows: int = Field(ge=2)
    p_value: float = Field(ge=0, le=1)
    distance: float = Field(ge=0, le=1)
    changed: bool

    @property
    def sentence(self) -> str:
        """Say it in a line."""
        found = "a change" if self.changed else "no change"
        return f"{self.tool}, beside: {self.test} of the words finds {found} (p {self.p_value:.2g})"


class Drawn(BaseModel):
    """Evidently's report, or why there is none.

    Attributes:
        page: HTML with scripts; empty where it could not be made.
        failure: Empty where it was made.
    """

    model_config = ConfigDict(frozen=True)

    page: str = ""
    failure: str = ""


def python_of(tool: Tool, home: Path = HOME) -> Path:
    """Name the interpreter of a tool's environment.

    Raises:
        ToolMissingError: It was not made.
    """
    python = home / ".venv" / tool.target / "bin" / "python"
    if not python.exists():
        raise ToolMissingError(
            f"{tool.name} is asked in an environment of its own, which is not there ({python} expected). "
            f"`make {tool.target}` makes it. ({tool.terms}.)"
        )
    return python


def opinion(window: Rows, reference: Rows, *, rate: float, seed: int, home: Path = HOME) -> Opinion:
    """Ask Alibi Detect's classifier two-sample test about the words of a window, those that our own test sees.

    Args:
        window: Its rows.
        reference: Of the version.
        rate: From which p-value on it calls it a change.
        seed: Of the rows and words that are drawn.
        home: Of the scripts and environments.

    Raises:
        ToolError: There are no words to compare, or it did not answer as it should.
    """
    from sentiment.monitoring.detectors.words import occurrences

    drawn = occurrences(window, reference, np.random.default_rng(seed))
    if drawn is None:
        raise ToolError("there are no texts to compare: the service kept none, or no word of them occurs often enough")
    given = {
        "data": drawn.features.data,
        "indices": drawn.features.indices,
        "indptr": drawn.features.indptr,
        "shape": np.array(drawn.features.shape),
        "is_window": drawn.is_window == 1,
        "rate": np.array(rate),
        "seed": np.array(seed),
    }
    answer = ask(ALIBI, given, home)
    try:
        said = Opinion.model_validate_json(answer)
    except ValidationError as error:
        raise ToolError(f"{ALIBI.name} answered something else than a verdict: {error.errors()[0]['msg']}") from error
    if said.rows != len(drawn.is_window):
        raise ToolError(f"{ALIBI.name} answered about {said.rows:,} rows; {len(drawn.is_window):,} were given")
    return said


def report(window: Rows, reference: Rows, *, rate: float, home: Path = HOME) -> str:
    """Have Evidently draw its report: a whole HTML page with scripts, of numbers alone.

    No text of a review is handed over, so none stands in the page, and forgetting a prediction need not reach it.

    Args:
        window: Its rows.
        reference: Of the version.
        rate: Of false alarms, which its tests share.
        home: Of the scripts and environments.

    Raises:
        ToolError: It did not answer as it should.
    """
    sides = {"window": window, "reference": reference}
    given = {f"{side} {name}": values for side, rows in sides.items() for name, values in _numbers(rows).items()}
    answer = ask(EVIDENTLY, given | {"rate": np.array(rate)}, home)
    try:
        page = answer.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ToolError(f"{EVIDENTLY.name} left a page that is not UTF-8") from error
    if not page.lstrip().lower().startswith("<!doctype html>"):
        raise ToolError(f"{EVIDENTLY.name} left something else than a page: {page.strip()[:60]!r} found")
    return page


def ask(tool: Tool, given: Mapping[str, NDArray[Any]], home: Path = HOME, *, seconds: float = SECONDS) -> bytes:
    """Run a tool on arrays, in a folder that is gone afterwards; gives the bytes of its answer.

    Raises:
        ToolMissingError: Its environment was not made.
        ToolError: It failed, took longer than `seconds`, or left no answer, or too large a one.
    """
    python = python_of(tool, home)
    with tempfile.TemporaryDirectory(prefix="sentiment-tool-") as name:
        folder = Path(name)
        np.savez(folder / "given.npz", **given)  # type: ignore[arg-type]  # the stubs take a name for allow_pickle
        with (folder / "said").open("wb") as said:
            try:
                done = subprocess.run(  # noqa: S603
                    [python, "-E", "-s", home / tool.script, folder],
                    env={"HOME": name, "TMPDIR": name, "DO_NOT_TRACK": "1"},  # nothing of ours, so no secret either
                    stdin=subprocess.DEVNULL,
                    stdout=said,
                    stderr=said,
                    timeout=seconds,
                    check=False,
                )
            except subprocess.TimeoutExpired as error:
                raise ToolError(f"{tool.name} did not answer within {seconds:g} seconds and was ended") from error
        if done.returncode:
            raise ToolError(f"{tool.name} failed (exit code {done.returncode}): {_last_line(folder / 'said')}")
        answer = folder / tool.answer
        if answer.is_symlink() or not answer.is_file():
            raise ToolError(f"{tool.name} left no answer; {tool.answer} expected")
        if (size := answer.stat().st_size) > tool.most_bytes:
            raise ToolError(f"{tool.name} left an answer of {size:,} bytes; at most {tool.most_bytes:,} expected")
        return answer.read_bytes()


def _numbers(rows: Rows) -> dict[str, NDArray[Any]]:
    return {
        "probability": rows.probabilities,
        "recommended": rows.recommended,
        "characters": rows.characters,
        "words": rows.words,
        "share of unknown words": 1 - rows.known / np.maximum(rows.words, 1),
        "has a title": rows.titled,
    }


def _last_line(path: Path) -> str:
    lines = path.read_bytes()[-10_000:].decode("utf-8", "replace").strip().splitlines() or ["it said nothing"]
    return lines[-1][:_SAID]
