"""An environment as `make install` makes it, of links to the packages of the one that the tests run in."""

from __future__ import annotations

import json
import subprocess
import tomllib
import venv
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import Distribution, PackageNotFoundError, distribution, distributions
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
FORKS = """
import json, os, runpy, signal, sys
import scipy.special, mlflow.pyfunc, zenml.client, zenml.pipelines, sklearn.linear_model, skops.io, pandas, rich.table
import grimp, mlflow.store.tracking.sqlalchemy_store, mlflow.store.model_registry.sqlalchemy_store, mlflow.models
import zenml.integrations.mlflow.experiment_trackers, zenml.integrations.mlflow.model_registries, rich.progress
import zenml.integrations.mlflow.model_deployers, zenml.zen_stores.sql_zen_store, zenml.deployers.local.local_deployer
import zenml.orchestrators.local.local_orchestrator, sklearn.naive_bayes, sklearn.model_selection, sklearn.metrics
answers = os.fdopen(os.dup(1), "w", buffering=1)
os.dup2(2, 1)
for line in sys.stdin:
    order = json.loads(line)
    if (child := os.fork()) == 0:
        for number, name in enumerate((os.devnull, order["stdout"], order["stderr"])):
            os.dup2(os.open(name, os.O_RDWR), number)
        sys.stdin, sys.stdout, sys.stderr = (os.fdopen(n, "w" if n else "r", buffering=1) for n in range(3))
        signal.signal(signal.SIGINT, signal.default_int_handler)
        sys.argv, sys.path[0] = order["arguments"], os.getcwd()
        code = 1
        try:
            runpy.run_path("run.py", run_name="__main__")
        except SystemExit as ended:
            code = ended.code or 0
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), file=answers)
"""
"""Imports the libraries once, and then forks for each command: without it each imports them for seconds."""


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


class Commands:
    """Runs commands of a project one after the other, each in a fork of one process.

    Args:
        python: Of the environment.
        root: Of the project.
        environment: Of the commands.
    """

    def __init__(self, python: Path, root: Path, environment: dict[str, str]) -> None:
        self._root = root
        self._process = subprocess.Popen(
            [str(python), "-c", FORKS],
            cwd=root,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one command to its end."""
        files = {name: self._root.parent / name for name in ("stdout", "stderr")}
        for file in files.values():
            file.write_text("")
        order: dict[str, Any] = {name: str(file) for name, file in files.items()}
        assert self._process.stdin is not None and self._process.stdout is not None
        print(json.dumps(order | {"arguments": ["run.py", *arguments]}), file=self._process.stdin, flush=True)
        code = int(self._process.stdout.readline())
        return subprocess.CompletedProcess(arguments, code, *(file.read_text() for file in files.values()))

    def close(self) -> None:
        """End the process."""
        self._process.communicate()


@contextmanager
def commands(python: Path, root: Path, environment: dict[str, str]) -> Iterator[Commands]:
    """Open `Commands`, and close it when the body ends."""
    opened = Commands(python, root, environment)
    try:
        yield opened
    finally:
        opened.close()
