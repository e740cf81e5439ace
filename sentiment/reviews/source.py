"""A file as it was brought becomes one that rows can be read from: packed or not, CSV, JSON lines or Parquet.

What it is is found by its content, never by its name, and said.
"""

from __future__ import annotations

import codecs
import csv
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sentiment.errors import EmptyFileError, InputError, InvalidReviewsError
from sentiment.reviews.header import DELIMITERS, require_columns
from sentiment.reviews.lines import Lines, Place, Rows
from sentiment.reviews.rows import CsvRows, JsonRows, ParquetRows, json_object
from sentiment.reviews.unpacking import head_of, new_file, require_regular, unpack

_MAGIC = {
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"%PDF": "a PDF document",
    b"SQLite format 3": "an SQLite database",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"\x28\xb5\x2f\xfd": "a Zstandard archive",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"PK\x05\x06": "an empty zip archive",
    b"PK\x03\x04": "packed twice, the second time by zip",
    b"\x1f\x8b": "packed twice, the second time by gzip",
    b"\x7fELF": "a program",
    b"ARROW1": "an Arrow or Feather file",
    b"FEA1": "a Feather file",
    b"\x80\x04\x95": "a Python pickle",
    b"\x80\x05\x95": "a Python pickle",
    b"{\\rtf": "a document in Rich Text Format",
    b"version https://git-lfs": "a Git LFS pointer, which `git lfs pull` replaces by the file",
}
_TAR, _AT_TAR = b"ustar", 257
_LOOKED_AT = 32
_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_EXPECTED = "CSV, JSON lines or Parquet expected, as it is or packed by gzip or zip"
_BLOCK = 1 << 20
_TOLD = re.compile(rf"sep=(?P<delimiter>[{re.escape(''.join(DELIMITERS))}])\r?\n")
"""A first line that Excel writes and hides: what divides the columns."""
_STRUCTURE = '\r\n\t,;|"{}'


@dataclass(frozen=True)
class Source:
    """A file that rows can be read from.

    Attributes:
        named: As it was brought; messages name it.
        path: What is read: the same, or what was unpacked.
        kind: ``csv``, ``json`` or ``parquet``.
        encoding: Of what is read.
        delimiter: Between two cells of a CSV.
        header: The columns.
        start: Where the first row begins.
        described: What it is, for people.
        plain: Columns whose cells must be text or numbers, no lists or objects.
        quoted: Whether cells of a CSV may stand in quotes.
    """

    named: Path
    path: Path
    kind: str
    encoding: str
    delimiter: str
    header: list[str]
    start: Place
    described: str
    plain: Sequence[str] = ()
    quoted: bool = True

    @contextmanager
    def rows(self, start: Place | None = None) -> Iterator[Rows]:
        """Read rows from a place on; from the first where none is given."""
        start = start or self.start
        if self.kind == "parquet":
            yield ParquetRows(self.path, start, plain=self.plain)
            return
        with self.path.open("rb") as file:
            file.seek(start.byte)
            if self.kind == "json":
                yield JsonRows(file, start, encoding=self.encoding, header=self.header, plain=self.plain)
            else:
                yield CsvRows(
                    file,
                    start,
                    encoding=self.encoding,
                    delimiter=self.delimiter,
                    width=len(self.header),
                    quoted=self.quoted,
                )


@contextmanager
def opened(
    path: Path,
    *,
    encoding: str = "utf-8",
    expected: Sequence[str] = (),
    quoted: bool = True,
    folder: Path | None = None,
) -> Iterator[Source]:
    """Find out what a file is, and read its header.

    Args:
        path: Of the file.
        encoding: Of its text; a UTF-8 byte-order mark is passed over.
        expected: Columns that must be there; they tell one delimiter from another.
        quoted: As in `reviews.schema.Schema`.
        folder: Where what is unpacked is kept meanwhile; the system's own for such files where none is given.

    Raises:
        InputError: It is missing, cannot be read or is no regular file, or the encoding is not known.
        InvalidReviewsError: It is something else than a file of reviews.
    """
    encoding = _known(encoding)
    require_regular(path)
    with ExitStack() as stack:
        try:
            unpacked, packed = unpack(path, stack, folder)
            yield replace(_source(path, unpacked, packed, encoding, expected, stack, folder), quoted=quoted)
        except (EOFError, zlib.error, zipfile.BadZipFile) as error:
            raise InvalidReviewsError(str(path), [f"the archive is damaged: {error}"]) from error


def _known(encoding: str) -> str:
    try:
        "".encode(encoding)
        name = codecs.lookup(encoding).name
    except LookupError as error:
        raise InputError(f"encoding {encoding!r} is not known; utf-8, latin-1 or cp1252 are common") from error
    return "utf-8" if name == "utf-8-sig" else encoding if name != "utf-8" else "utf-8"


def _source(
    named: Path,
    path: Path,
    packed: str,
    encoding: str,
    expected: Sequence[str],
    stack: ExitStack,
    folder: Path | None,
) -> Source:
    head = head_of(path)
    kind = next((kind for magic, kind in _MAGIC.items() if head.startswith(magic)), None)
    if head.startswith(_TAR, _AT_TAR):
        kind = "a tar archive"
    if kind is not None:
        raise InvalidReviewsError(str(named), [f"the file is {kind}; {_EXPECTED}"])
    how = f", packed by {packed}" if packed else ""
    if head.startswith(b"PAR1"):
        header = _parquet_header(named, path)
        require_columns(named, header, expected)
        return Source(named, path, "parquet", encoding, "", header, Place(byte=0), f"Parquet{how}", expected)
    path, read_as = _text(named, path, head, encoding, stack, folder)
    start = Place(byte=len(codecs.BOM_UTF8) if head_of(path).startswith(codecs.BOM_UTF8) else 0)
    beginning = head_of(path)[start.byte :].decode(read_as, errors="replace")
    _require_text(named, beginning)
    how = f", {encoding}{how}"
    if beginning.lstrip().startswith("{"):
        _require_json_lines(named, beginning)
        header = _json_header(path, start, read_as)
        require_columns(named, header, expected)
        return Source(named, path, "json", read_as, "", header, start, f"JSON lines{how}", expected)
    if told := _TOLD.match(beginning):
        delimiter = told["delimiter"]
        start = Place(byte=start.byte + len(told[0].encode(read_as)), line=1)
    else:
        delimiter = _delimiter(beginning, expected)
    header, first_row = _csv_header(named, path, start, read_as, delimiter)
    require_columns(named, header, expected)
    return Source(named, path, "csv", read_as, delimiter, header, first_row, f"CSV with {DELIMITERS[delimiter]}{how}")


def _text(
    named: Path, path: Path, head: bytes, encoding: str, stack: ExitStack, folder: Path | None
) -> tuple[Path, str]:
    """Give a text whose line ends are single bytes, and its encoding: what is wider becomes UTF-8 first."""
    if _STRUCTURE.encode(encoding, errors="replace") == _STRUCTURE.encode("ascii"):
        for mark, name in _MARKS.items():
            if head.startswith(mark):
                raise InvalidReviewsError(
                    str(named),
                    [f"the file begins with the byte-order mark of {name.upper()}; --encoding {name} reads it"],
                )
        for first, name in enumerate(("utf-16-be", "utf-16-le")):
            if len(head) > 1 and not any(head[first:_LOOKED_AT:2]) and all(head[1 - first : _LOOKED_AT : 2]):
                raise InvalidReviewsError(str(named), [f"the file looks like UTF-16; --encoding {name} reads it"])
        return path, encoding
    narrow = new_file(stack, folder)
    decoder = codecs.getincrementaldecoder(encoding)()
    read = 0
    with path.open("rb") as wide, narrow.open("wb") as file:
        try:
            while block := wide.read(_BLOCK):
                text = decoder.decode(block)
                file.write((text.removeprefix("\ufeff") if read == 0 else text).encode("utf-8"))
                read += len(block)
            file.write(decoder.decode(b"", final=True).encode("utf-8"))
        except UnicodeError as error:
            where = read + (error.start if isinstance(error, UnicodeDecodeError) else 0)
            raise InvalidReviewsError(
                str(named), [f"at byte {where}: not valid {encoding}; name the file's encoding with --encoding"]
            ) from error
    return narrow, "utf-8"


def _require_text(path: Path, beginning: str) -> None:
    """Refuse what is empty or a page."""
    text = beginning.strip()
    if not text:
        raise EmptyFileError(str(path), ["the file is empty; a header and rows of reviews expected"])
    if text[:200].lower().startswith(("<!doctype", "<html", "<?xml", "<!--")):
        raise InvalidReviewsError(
            str(path), [f"the file is an HTML or XML page; {_EXPECTED}. Was a download page saved?"]
        )
    if text.startswith("[") and text[1:].lstrip().startswith(("{", "]", "[", '"')):
        problem = "the file is a JSON array; JSON lines expected, an object a line: `jq -c '.[]' FILE` writes them"
        raise InvalidReviewsError(str(path), [problem])


def _require_json_lines(path: Path, beginning: str) -> None:
    """Refuse an object that goes on over several lines; one damaged line, even the first, is a damaged row."""
    *whole, _ = beginning.lstrip().split("\n")
    faults = [json_object(line)[1] for line in whole[:2]]
    if faults and (first := faults[0]) and all(faults):
        problem = f"line 1: {first.words}; a JSON document over several lines is read once each object has a line"
        raise InvalidReviewsError(str(path), [problem])


def _delimiter(beginning: str, expected: Sequence[str]) -> str:
    """The delimiter with which the header has the columns that are expected, else the one with the most columns."""
    headers = {}
    for delimiter in DELIMITERS:
        try:
            headers[delimiter] = next(csv.reader(beginning.splitlines(keepends=True), delimiter=delimiter), [])
        except csv.Error:
            headers[delimiter] = []
    fitting = [one for one, header in headers.items() if expected and set(expected) <= set(header)]
    return fitting[0] if fitting else max(headers, key=lambda one: len(headers[one]))


def _csv_header(named: Path, path: Path, start: Place, encoding: str, delimiter: str) -> tuple[list[str], Place]:
    with path.open("rb") as file:
        file.seek(start.byte)
        rows = CsvRows(file, start, encoding=encoding, delimiter=delimiter, width=None)
        header, fault, first, last = next(iter(rows), ([], None, 1, 1))
        if fault is not None:
            where = f"lines {first} to {last}" if last > first else f"line {first}"
            raise InvalidReviewsError(str(named), [f"{where}: {fault.words}; a header expected"])
        return header, Place(byte=rows.byte, line=rows.line)


def _json_header(path: Path, start: Place, encoding: str) -> list[str]:
    """All keys of all objects, in the order in which they are met."""
    names: dict[str, None] = {}
    with path.open("rb") as file:
        file.seek(start.byte)
        lines = Lines(file, start.byte, 0, encoding)
        for text in lines:
            lines.taken.clear()
            if text.strip():
                names.update(dict.fromkeys(json_object(text)[0]))
    return list(names)


def _parquet_header(named: Path, path: Path) -> list[str]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return list(pq.read_schema(path).names)
    except (pa.ArrowException, OSError) as error:
        raise InvalidReviewsError(str(named), [f"the Parquet file is damaged: {error}"]) from error
