"""Input files, and the parts in which they are read: each part is the rows from one place of a file to the next.

Reading a CSV can begin only where a row does, and a quote decides what a row is: so one pass over each file notes the
places, at a hundredth of the cost of scoring, and from then on all parts of all files can be read side by side by the
same reader as everywhere in this project.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from sentiment.errors import InputError, InvalidReviewsError
from sentiment.models.digests import sha256_of
from sentiment.reviews.lines import Place
from sentiment.reviews.source import Source
from sentiment.spark.files import InputName

ROWS_A_PART = 65_536

Opening = Callable[[Path], AbstractContextManager[Source]]


class InputFile(BaseModel):
    """One file, as the pass over it found it.

    Attributes:
        name: What it is called, and where it is.
        sha256: Of the file.
        kind: As in `reviews.source.Source`, and so the next three.
        described: What it is, for people.
        plain: As in `reviews.source.Source`, and so the next.
        is_packed: Whether what is read is not the file itself, but what each reader makes of it anew.
        rows: All of them, those that cannot be read included.
        places: Where each part begins.
    """

    model_config = ConfigDict(frozen=True)

    name: InputName
    sha256: str
    kind: str
    encoding: str
    delimiter: str
    header: list[str]
    described: str
    plain: list[str]
    quoted: bool
    is_packed: bool
    rows: int
    places: list[Place]

    @property
    def path(self) -> str:
        """Where it is, for people and for the output."""
        return self.name.path

    @contextmanager
    def opened(self, opening: Opening) -> Iterator[Source]:
        """Open it on this machine; only what is packed is looked into again with `opening`."""
        here = self.name.here()
        if self.is_packed:
            with opening(here) as source:
                yield source
        else:
            yield Source(
                here,
                here,
                self.kind,
                self.encoding,
                self.delimiter,
                self.header,
                self.places[0],
                self.described,
                self.plain,
                self.quoted,
            )


class Part(BaseModel):
    """Rows of a file.

    Attributes:
        file: Position of the file among all.
        start: Where the first of them begins.
        rows: How many.
    """

    model_config = ConfigDict(frozen=True)

    file: int
    start: Place
    rows: int


class Found(BaseModel):
    """What the pass over a file gives: the file, or why it cannot be read."""

    file: InputFile | None = None
    problem: str = ""

    def as_bytes(self) -> bytes:
        """Write it as JSON."""
        return self.model_dump_json().encode()


def look_through(names: Sequence[InputName], opening: Opening, rows_a_part: int, number: int) -> bytes:
    """Pass over one file, on a worker.

    Args:
        names: Of all files.
        opening: Opens one, checked.
        rows_a_part: Rows between two places.
        number: Position of the file among them.

    Returns:
        A `Found` as JSON.
    """
    name = names[number]
    try:
        here = name.here()
    except InputError as error:
        return Found(problem=str(error)).as_bytes()
    try:
        with opening(here) as source:
            is_packed = source.path != here
            rows, places = (_rows_of_parquet if source.kind == "parquet" else _rows_of_text)(source, rows_a_part)
            found = InputFile(
                name=name,
                sha256=sha256_of(here),
                kind=source.kind,
                encoding=source.encoding,
                delimiter=source.delimiter,
                header=source.header,
                described=source.described,
                plain=list(source.plain),
                quoted=source.quoted,
                is_packed=is_packed,
                rows=rows,
                places=places[:1] if is_packed else places,
            )
    except InvalidReviewsError as error:
        return Found(problem="; ".join(f"{name.path}: {problem}" for problem in error.problems)).as_bytes()
    except InputError as error:
        return Found(problem=str(error).replace(str(here), name.path)).as_bytes()
    return Found(file=found).as_bytes()


def require_alike(named: Path | str, found: Sequence[Found]) -> list[InputFile]:
    """Give the files, all of which have the same columns.

    Raises:
        InvalidReviewsError: Some cannot be read, or have other columns than the first; each is named.
    """
    problems = [one.problem for one in found if one.file is None]
    files = [one.file for one in found if one.file is not None]
    problems += [
        f"{file.path} has the columns {', '.join(file.header)}; {', '.join(files[0].header)} expected, "
        f"as in {files[0].path}"
        for file in files
        if file.header != files[0].header
    ]
    if problems:
        raise InvalidReviewsError(str(named), problems)
    return files


def described(files: Sequence[InputFile]) -> str:
    """Say for people what files are that are alike."""
    return files[0].described + (f", {len(files):,} files" if len(files) > 1 else "")


def parts_of(files: Sequence[InputFile]) -> list[Part]:
    """List the parts of all files, in order; a file without rows has one part, so that its columns are not lost."""
    parts = []
    for position, file in enumerate(files):
        ends = [place.row for place in file.places[1:]] + [file.rows]
        parts += [
            Part(file=position, start=start, rows=end - start.row) for start, end in zip(file.places, ends, strict=True)
        ]
    return parts


def _rows_of_text(source: Source, rows_a_part: int) -> tuple[int, list[Place]]:
    places, number = [source.start], 0
    with source.rows() as rows:
        for number, _ in enumerate(rows, 1):
            if number % rows_a_part == 0:
                places.append(Place(byte=rows.byte, row=number, line=rows.line))
    return number, places[:-1] if number and places[-1].row == number else places


def _rows_of_parquet(source: Source, rows_a_part: int) -> tuple[int, list[Place]]:
    import pyarrow.parquet as pq

    rows = pq.read_metadata(source.path).num_rows
    return rows, [source.start, *(Place(byte=0, row=row) for row in range(rows_a_part, rows, rows_a_part))]
