"""Input files, and the parts in which they are read: each part is the rows from one place of a file to the next.

Reading a CSV can begin only where a row does, and a quote decides what a row is: so one pass over each file notes the
places, at a hundredth of the cost of scoring, and from then on all parts of all files can be read side by side by the
same reader as everywhere in this project.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from sentiment.errors import EmptyFileError, InputError, InvalidReviewsError
from sentiment.models.digests import sha256_of
from sentiment.reviews.lines import Place
from sentiment.reviews.source import Source
from sentiment.spark.files import InputName

ROWS_A_PART = 65_536
_MOST_HERE, _LARGEST_HERE = 1_000, 1 << 26
"""Files, and bytes of each, that are looked at before Spark is started: a file of JSON lines is read to its end."""

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
        columns: Of all files together, for the output.
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
    columns: list[str] = []

    def in_order(self, rows: list[list[str]]) -> list[list[str]]:
        """Lay the cells of rows out as `columns`; a column that this file does not have is empty."""
        if self.columns == self.header:
            return rows
        places = [self.header.index(name) if name in self.header else None for name in self.columns]
        return [[cells[place] if place is not None else "" for place in places] for cells in rows]

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


class Header(NamedTuple):
    """The columns of a file that was not passed over yet."""

    path: str
    kind: str
    header: list[str]


class Found(BaseModel):
    """What the pass over a file gives: the file, or why it cannot be read; neither of an empty one."""

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
    except EmptyFileError:
        return Found().as_bytes()
    except InvalidReviewsError as error:
        return Found(problem="; ".join(f"{name.path}: {problem}" for problem in error.problems)).as_bytes()
    except InputError as error:
        return Found(problem=str(error).replace(str(here), name.path)).as_bytes()
    return Found(file=found).as_bytes()


def look_here(named: Path | str, names: Sequence[InputName], opening: Opening, *, title: str | None) -> None:
    """Look at the columns of files of this machine before Spark is started: of all but large ones, up to a thousand.

    Raises:
        InvalidReviewsError: As `require_alike`.
        InputError: A file cannot be read.
    """
    headers, problems = [], []
    looked_at = [name for name in names[1:_MOST_HERE] if name.here().stat().st_size <= _LARGEST_HERE]
    for name in [*names[:1], *looked_at]:
        try:
            with opening(name.here()) as source:
                headers.append(Header(name.path, source.kind, source.header))
        except EmptyFileError:
            continue
        except InvalidReviewsError as error:
            problems += [f"{name.path}: {problem}" for problem in error.problems]
    if len(looked_at) + 1 == len(names) or headers or problems:
        _columns_of(named, headers, problems, title=title)


def require_alike(named: Path | str, found: Sequence[Found], *, title: str | None) -> list[InputFile]:
    """Give the files that are not empty. They have the same columns, in any order, but for the title.

    Of JSON lines, which leave out what is empty, any column may be missing that is not read.

    Args:
        named: What was to be read, for people.
        found: What the pass over each file gave.
        title: The column that a file may lack; None where there is none.

    Raises:
        InvalidReviewsError: Some cannot be read, or have other columns than the first; each is named. Or all are empty.
    """
    files = [one.file for one in found if one.file is not None]
    columns = _columns_of(named, files, [one.problem for one in found if one.problem], title=title)
    return [file.model_copy(update={"columns": columns}) for file in files]


def _columns_of(
    named: Path | str, files: Sequence[InputFile | Header], problems: Iterable[str], *, title: str | None
) -> list[str]:
    problems = [
        *problems,
        *(
            f"{file.path} has the columns {', '.join(file.header)}; {', '.join(files[0].header)} expected, "
            f"as in {files[0].path}"
            for file in files
            if not _is_alike(file, files[0], title)
        ),
    ]
    if not files and not problems:
        problems = ["the file is empty, or each of them is; a header and rows of reviews expected"]
    if problems:
        raise InvalidReviewsError(str(named), problems)
    if all(file.header == files[0].header for file in files):
        return files[0].header
    return list(dict.fromkeys(name for file in files for name in file.header))


def _is_alike(file: InputFile | Header, first: InputFile | Header, title: str | None) -> bool:
    if file.header == first.header:
        return True
    if len({*file.header}) < len(file.header) or len({*first.header}) < len(first.header):
        return False  # which of two columns of one name is which, only their order says
    return file.kind == first.kind == "json" or {*file.header} - {title} == {*first.header} - {title}


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
