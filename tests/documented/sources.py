"""What the project's sources say of themselves: docstrings, messages, and the files and names that they mention."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

from tests.conftest import ROOT
from tests.documented.markdown import Shown

PACKAGES = "benchmarks commands materializers pipelines sentiment stack_config steps tests tools".split()


def _sources(package: str) -> list[Path]:
    return sorted(path for path in (ROOT / package).rglob("*.py") if ".venv" not in path.parts)


SOURCES = [path for package in PACKAGES if package != "tests" for path in _sources(package)]

_SPAN = re.compile(r"(?<!`)(`{1,2})([^`\n]+)\1(?!`)")
_DOTTED = re.compile(r"([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+)(?:\(.*\))?")
_CAPITALS = re.compile(r"\b[A-Z]{2,}\b")


class Source:
    """A source file of the project, which is read and not imported."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.tree = ast.parse(path.read_text(encoding="utf-8"))
        self.module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")

    def _at(self, node: ast.AST, text: str) -> Shown:
        return Shown(f"{self.path.relative_to(ROOT)}:{node.lineno}", text)  # type: ignore[attr-defined]

    def docstrings(self) -> Iterator[Shown]:
        """Give every docstring, also those below constants."""
        for node in ast.walk(self.tree):
            if _is_docstring(node):
                yield self._at(node, ast.literal_eval(node.value))  # type: ignore[attr-defined]

    def docstrings_in_a_row(self) -> Iterator[Shown]:
        """Give docstrings that follow another one, and so belong to something else."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Module | ast.ClassDef):
                for before, after in pairwise(node.body):
                    if _is_docstring(before) and _is_docstring(after):
                        yield self._at(after, ast.literal_eval(after.value))  # type: ignore[attr-defined]

    def spans(self) -> Iterator[Shown]:
        """Give what stands between backticks in docstrings."""
        for shown in self.docstrings():
            for found in _SPAN.finditer(shown.text):
                yield Shown(shown.where, found[2])

    def messages(self) -> Iterator[Shown]:
        """Give what stands between backticks in any text; of one with values in it, the words before the first."""
        for node in ast.walk(self.tree):
            parts = node.values if isinstance(node, ast.JoinedStr) else [node] if _is_text(node) else []
            text = "".join(part.value if _is_text(part) else "\0" for part in parts)  # type: ignore[attr-defined]
            for found in _SPAN.finditer(text):
                words, is_cut, _ = found[2].partition("\0")
                yield self._at(node, words.rpartition(" ")[0] if is_cut else words)


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and _is_text(node.value)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def missing_file(text: str, *, beside: Path = ROOT) -> str | None:
    """Name the file of the repository that a text mentions and that is not there; None where all are.

    Args:
        text: What stands between backticks; words in capitals stand for any name, as in ``stack_config/NAME.yaml``.
        beside: The folder of the document, whose files may be named alone.
    """
    for word in text.split():
        name = word.rstrip("/").partition("#")[0]
        if not re.fullmatch(r"[\w.*-]+(?:/[\w.*-]+)*", name):
            continue
        is_in_folder = name.partition("/")[0] in _folders() and "/" in word and ".venv" not in name
        if not is_in_folder and Path(name).suffix not in (".py", ".in", ".lock"):
            continue
        pattern = _CAPITALS.sub("*", name)
        found = any(any(folder.glob(pattern)) for folder in (ROOT, ROOT / "sentiment", beside))
        if not found and not ("/" not in name and name in _file_names()):
            return name
    return None


@cache
def _folders() -> frozenset[str]:
    return frozenset({*PACKAGES, "data", "docs", "examples"})


@cache
def _file_names() -> frozenset[str]:
    below = (path for name in _folders() for path in (ROOT / name).rglob("*.*"))
    return frozenset(path.name for path in (*below, *ROOT.iterdir()))


def unknown_name(text: str, source: Source | None = None) -> str | None:
    """Give a dotted name of this project that leads to nothing; None where it leads somewhere or is not ours.

    Args:
        text: What stands between backticks, such as ``sentiment.models.files.load_model`` or ``window.choose``.
        source: Where it stands: names may begin with a module beside it, or with one of its classes.
    """
    found = _DOTTED.fullmatch(text)
    if found is None or _CAPITALS.search(text):  # such as ``stack_config.NAME.server``
        return None
    first, *rest = found[1].split(".")
    if first in PACKAGES:
        module, names = _longest_module(found[1].split("."))
        return None if _has(module, names) else text
    if source is None:
        return None
    package = source.module if source.path.name == "__init__.py" else source.module.rpartition(".")[0]
    if f"{package}.{first}" in _modules():
        module, names = _longest_module([*package.split("."), first, *rest])
        return None if _has(module, names) else text
    if isinstance(_modules().get(source.module, {}).get(first), frozenset):
        return None if _has(source.module, [first, *rest]) else text
    return None


Members = frozenset[str] | None
"""The names in a class; None for anything else, of which nothing is known."""


@cache
def _modules() -> dict[str, dict[str, Members]]:
    """Give the names that each module of the project defines."""
    found: dict[str, dict[str, Members]] = {}
    for package in PACKAGES:
        for source in map(Source, _sources(package)):
            found[source.module] = _defined(source.tree.body)
    return found


def _defined(body: list[ast.stmt]) -> dict[str, Members]:
    found: dict[str, Members] = {}
    for node in body:
        if isinstance(node, ast.ClassDef):
            found[node.name] = frozenset(_defined(node.body)) if not node.bases or _is_plain(node) else None
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found[node.name] = None
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found |= {(name.asname or name.name).partition(".")[0]: None for name in node.names}
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {name.id: None for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)}
        elif isinstance(node, ast.If | ast.Try):
            found |= _defined(node.body) | _defined(node.orelse)
    return found


def _is_plain(node: ast.ClassDef) -> bool:
    """Whether a class has no names but its own, apart from those of pydantic's and Python's record types."""
    return all(isinstance(base, ast.Name) and base.id in ("BaseModel", "NamedTuple") for base in node.bases)


def _longest_module(parts: list[str]) -> tuple[str, list[str]]:
    for length in range(len(parts), 0, -1):
        if (module := ".".join(parts[:length])) in _modules():
            return module, parts[length:]
    return "", parts


def _has(module: str, names: list[str]) -> bool:
    if not names:
        return bool(module)
    defined = _modules().get(module, {})
    if names[0] not in defined:
        return False
    members = defined[names[0]]
    return len(names) == 1 or members is None or names[1] in members
