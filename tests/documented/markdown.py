"""What stands in a Markdown document: lines of code, code in prose, links, headings, tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.conftest import ROOT

DOCUMENTS = sorted(
    path
    for pattern in ("*.md", "docs/*.md", "data/*.md", "benchmarks/*.md", "examples/*/*.md")
    for path in ROOT.glob(pattern)
)
GUIDES = [path for path in DOCUMENTS if path.name != "CHANGELOG.md"]
"""Documents about the project as it is; the changelog also says what was."""

_SPAN = re.compile(r"(?<!`)`((?:[^`\n]|\n(?!\n))+)`(?!`)")
_LINK = re.compile(r"!?\[(?:[^\[\]]|!\[[^\]]*\]\([^)]*\))*\]\(([^()\s]+)\)")
_HEADING = re.compile(r"#{1,6} +(.+)")


class Shown(NamedTuple):
    """A piece of a file.

    Attributes:
        where: The file and the line, for messages.
        text: The piece itself.
    """

    where: str
    text: str


class Document:
    """A Markdown document, split into prose and code; both keep their line numbers."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._prose: list[str] = []
        self._code: list[tuple[int, str]] = []
        self._fenced: list[tuple[int, str, list[str]]] = []
        indented, fence = False, None
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if line.startswith("```"):
                fence = [] if fence is None else None
                if fence is not None:
                    self._fenced.append((number, line.removeprefix("```"), fence))
                self._prose.append("")
                continue
            before = self._prose[-1] if self._prose else ""
            indented = fence is None and line.startswith("    ") and (indented or not before)
            self._prose.append("" if indented or fence is not None else line)
            if indented:
                self._code.append((number, line.strip()))
            if fence is not None:
                fence.append(line)

    def _at(self, line: int, text: str) -> Shown:
        return Shown(f"{self.path.relative_to(ROOT)}:{line}", text)

    def code_lines(self) -> Iterator[Shown]:
        """Give the lines of all blocks of code, and of fenced ones those that a shell's prompt begins."""
        for number, line in self._code:
            yield self._at(number, line)
        for number, _, lines in self._fenced:
            for offset, line in enumerate(lines, 1):
                if line.startswith("$ "):
                    yield self._at(number + offset, line.removeprefix("$ "))

    def spans(self) -> Iterator[Shown]:
        """Give what stands between backticks, in prose and in comments beside code; a span may go over lines."""
        text = "\n".join(self._prose)
        for found in _SPAN.finditer(text):
            yield self._at(text.count("\n", 0, found.start()) + 1, " ".join(found[1].split()))
        for number, line in self._code:
            for found in _SPAN.finditer(line):
                yield self._at(number, found[1])

    def fenced(self, language: str) -> Iterator[Shown]:
        """Give the blocks that say which language they are in."""
        for number, named, lines in self._fenced:
            if named == language:
                yield self._at(number, "\n".join(lines))

    def links(self) -> Iterator[Shown]:
        """Give the targets of links and pictures."""
        for number, line in enumerate(self._prose, 1):
            for found in _LINK.finditer(_SPAN.sub("", line)):
                yield self._at(number, found[1])

    def anchors(self) -> set[str]:
        """Give what a link may name behind ``#``, by GitHub's rule for headings."""
        headings = filter(None, map(_HEADING.fullmatch, self._prose))
        return {re.sub(r"[^\w\- ]", "", found[1].lower()).replace(" ", "-") for found in headings}

    def first_column(self, name: str) -> Iterator[tuple[Shown, list[str]]]:
        """Give each table whose first column has this name, with the names between backticks in that column."""
        for number, line in enumerate(self._prose, 1):
            if not line.startswith(f"| {name} |"):
                continue
            named: list[str] = []
            for row in self._prose[number + 1 :]:
                if not row.startswith("|"):
                    break
                named += _SPAN.findall(row.split("|")[1])
            yield self._at(number, line), named


def broken_link(document: Document, target: str) -> str | None:
    """Say what is wrong with the target of a link; None where nothing is, or where it leads out of the repository."""
    if re.match(r"[a-z]+:", target):
        return None
    name, _, anchor = target.partition("#")
    path = (document.path.parent / name).resolve() if name else document.path
    if not path.exists():
        return f"there is no {name}"
    if anchor and anchor not in Document(path).anchors():
        return f"{path.name} has no heading #{anchor}"
    return None
