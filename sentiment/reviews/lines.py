"""Lines of a file as text, and what rows that are read of them are: what each says, where it stands, what is wrong."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple, Protocol

from pydantic import BaseModel, ConfigDict

LONGEST_CELL = 100_000
"""Characters. The article's longest review has 508; a cell beyond this is an unclosed quote or not a review."""

_BLOCK = 1 << 20


class Place(BaseModel):
    """Between two rows of a file.

    Attributes:
        byte: Where the next row begins.
        row: Rows before it; the first below the header is row 1.
        line: Lines before it, the header's included.
    """

    model_config = ConfigDict(frozen=True)

    byte: int
    row: int = 0
    line: int = 0


KINDS = ("fields", "quote", "long", "encoding", "nul", "json", "value")


class Fault(NamedTuple):
    """What is wrong with the structure of a row.

    Attributes:
        kind: One of `KINDS`.
        words: The same for people.
        byte: Of the file where it was met, for ``encoding``.
    """

    kind: str
    words: str
    byte: int = 0


Row = tuple[list[str], Fault | None, int, int]
"""Cells, what is wrong, and the first and last of its lines; where something is wrong, the cells mean nothing."""


class Rows(Protocol):
    """Gives rows; after each it knows the place where the next one begins."""

    @property
    def byte(self) -> int:
        """Where the next row begins."""

    @property
    def line(self) -> int:
        """Lines before the next row."""

    def __iter__(self) -> Iterator[Row]:
        """Give the rows that are left; blank lines are none."""


class Lines:
    """The lines of a binary file as text, whatever ends them; a few can be given back.

    Args:
        file: At `byte`.
        byte: Where it is.
        line: Lines before.
        encoding: Of the text, one byte or more a character, of which no other has the byte of a line's end.

    Attributes:
        taken: The lines since it was last cleared.
        wrong: What was wrong with them.
    """

    def __init__(self, file: BinaryIO, byte: int, line: int, encoding: str) -> None:
        self.file = file
        self.byte, self.line = byte, line
        self.encoding = encoding
        self.taken: list[bytes] = []
        self.wrong: Fault | None = None
        self._back: deque[bytes] = deque()
        self._read = self._from_blocks if _ends_with_returns(file) else self._from_lines

    def __iter__(self) -> Iterator[str]:
        encoding, taken = self.encoding, self.taken
        for line in self._read():
            self.byte += len(line)
            self.line += 1
            taken.append(line)
            if b"\0" in line:
                self.wrong = Fault("nul", "a NUL byte")
            try:
                yield line.decode(encoding)
            except UnicodeDecodeError as error:
                where = self.byte - len(line) + error.start
                self.wrong = self.wrong or Fault("encoding", f"bytes that are not {encoding}", where)
                yield line.decode(encoding, errors="replace")

    def give_back(self, lines: list[bytes]) -> None:
        """Make the last lines the next ones; who reads them iterates anew."""
        self._back.extendleft(reversed(lines))
        self.byte -= sum(map(len, lines))
        self.line -= len(lines)

    def _from_lines(self) -> Iterator[bytes]:
        back = self._back
        while back:
            yield back.popleft()
        for line in self.file:
            if b"\r" in line:
                *first, last = line.splitlines(keepends=True)
                if first:
                    back.extend([*first, last])
                    while back:
                        yield back.popleft()
                    continue
            yield line

    def _from_blocks(self) -> Iterator[bytes]:
        """For a file that has no other line ends than returns: as a line, it would not fit into the memory."""
        back = self._back
        while True:
            while len(back) > 1:
                yield back.popleft()
            rest = back.popleft() if back else b""
            block = self.file.read(_BLOCK)
            if not block:
                if rest:
                    yield rest
                return
            back.extend((rest + block).splitlines(keepends=True))


def _ends_with_returns(file: BinaryIO) -> bool:
    at = file.tell()
    beginning = file.read(_BLOCK)
    file.seek(at)
    return b"\r" in beginning and b"\n" not in beginning
