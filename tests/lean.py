"""An environment as `make install` makes it, of links to the packages of the one that the tests run in."""

from __future__ import annotations

import tomllib
import venv
from collections import defaultdict
from collections.abc import Iterator, Sequence
from importlib.metadata import Distribution, PackageNotFoundError, distribution, distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def base_distributions() -> dict[str, Distribution]:
    """Find what the project's dependencies need, by name, as the metadata of the installed packages says."""
    waiting = [Requirement(one) for one in PROJECT["project"]["dependencies"]]
    seen: dict[str, set[str]] = defaultdict(set)
    found: dict[str, Distribution] = {}
    while waiting:
        wanted = waiting.pop()
        name, chosen = canonicalize_name(wanted.name), {"", *wanted.extras}
        if (wanted.marker and not wanted.marker.evaluate({"extra": ""})) or chosen <= seen[name]:
            continue
        new = chosen - seen[name]
        seen[name] |= chosen
        try:
            found[name] = distribution(name)
        except PackageNotFoundError as error:
            raise AssertionError(f"{name} is needed, and not installed") from error
        for needed in map(Requirement, found[name].requires or ()):
            if needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in new):
                needed.marker = None
                waiting.append(needed)
    return found


def make_lean_environment(folder: Path) -> Path:
    """Make an environment with what `base_distributions` finds and nothing else; gives its Python."""
    venv.create(folder, symlinks=True)
    python = folder / "bin" / "python"
    (site,) = folder.glob("lib/python*/site-packages")
    base = base_distributions()
    ours = [path for one in base.values() for path in _files(one)]
    others = {path for one in distributions() if canonicalize_name(one.name) not in base for path in _files(one)}
    source = Path(str(base["zenml"].locate_file("")))
    _link(source, site, (), ours, others)
    (own,) = source.glob(
        "customer_sentiment_analysis-*.dist-info"
    )  # its version alone: commands have it in their folder
    (site / own.name).symlink_to(own)
    for one in base.values():
        for script in one.entry_points.select(group="console_scripts"):
            program = folder / "bin" / script.name
            program.write_text(
                f"#!{python}\nimport sys\nfrom {script.module} import {script.attr}\nsys.exit({script.attr}())\n"
            )
            program.chmod(0o755)
    return python


def _files(one: Distribution) -> Iterator[tuple[str, ...]]:
    return (path.parts for path in one.files or () if path.parts[0] not in ("..", "__pycache__"))


def _link(
    source: Path, target: Path, below: tuple[str, ...], ours: Sequence[tuple[str, ...]], others: set[tuple[str, ...]]
) -> None:
    """Link files, and whole folders in which no other distribution has any."""
    depth = len(below)
    shared = {path[depth] for path in others}
    parts: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for path in ours:
        parts[path[depth]].append(path)
    for name, paths in parts.items():
        if name in shared and len(paths[0]) > depth + 1:
            (target / name).mkdir()
            mixed = {path for path in others if path[depth] == name}
            _link(source / name, target / name, (*below, name), paths, mixed)
        elif (source / name).exists():
            (target / name).symlink_to(source / name)
