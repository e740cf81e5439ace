"""What docs/ARCHITECTURE.md says of adding something is enough: each is tried in a copy of the project."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sentiment.text.negation import NegationRecipe
from tests.conftest import ROOT

PACKAGES = ("commands", "materializers", "pipelines", "sentiment", "stack_config", "steps")

RECIPE = '''
"""Lower case, and nothing else."""

from sklearn.base import BaseEstimator


class PlainRecipe(BaseEstimator):
    def __call__(self, document: str) -> list[str]:
        return document.lower().split()


RECIPE = PlainRecipe
'''

FAMILY = '''
"""Complement naive Bayes on counts."""

from sklearn.feature_extraction.text import CountVectorizer
from sklearn.naive_bayes import ComplementNB

from sentiment.models.families._bayes import BayesParams, fit_bayes

ALGORITHM = "Complement naive Bayes"
Params = BayesParams


def fit(params, recipe, train, validation, seed):
    return fit_bayes(CountVectorizer, ComplementNB, params, recipe, train)
'''

CONFIGURATION = "candidates:\n- {name: complement, family: complement_bayes, recipe: plain}\n"

TRAIN_AND_STORE = """
from pathlib import Path
from sentiment.models.explain import telling_words
from sentiment.models.families.base import Examples
from sentiment.models.files import load_model, save_model
from sentiment.training.candidates import load_training_config
import numpy as np

(candidate,) = load_training_config(Path("mine.yaml")).candidates
rows = Examples(["soft and warm", "scratchy and cold"] * 5, np.array([1, 0] * 5))
model = candidate.fit(rows, rows, 0).model
Path("model").mkdir()
save_model(model, Path("model"))
loaded = load_model(Path("model"))
assert loaded.predict_proba(["soft"])[0] > 0.5 > loaded.predict_proba(["cold"])[0]
print(candidate.algorithm, telling_words(loaded) is not None)
"""

COMMAND = '''
"""`python run.py hello`."""

import click


@click.command()
def hello() -> None:
    """Say hello."""
    click.echo("hello")
'''


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in PACKAGES:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "run.py", tmp_path)
    return tmp_path


def printed(copy: Path, *arguments: str) -> str:
    done = subprocess.run([sys.executable, *arguments], cwd=copy, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def add_beside(path: Path, known: type, new: str) -> None:
    """Add a name to a list of names of types, a line each, beside one that stands there."""
    name = f'"{known.__module__}.{known.__qualname__}"'
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    (at,) = [number for number, line in enumerate(lines) if name in line]
    lines.insert(at, lines[at].replace(name, f'"{new}"'))
    path.write_text("".join(lines), encoding="utf-8")


def test_a_family_is_one_file_and_a_recipe_one_file_and_one_trusted_type(copy):
    (copy / "sentiment" / "text" / "plain.py").write_text(RECIPE)
    (copy / "sentiment" / "models" / "families" / "complement_bayes.py").write_text(FAMILY)
    (copy / "mine.yaml").write_text(CONFIGURATION)
    add_beside(copy / "sentiment" / "models" / "skops_files.py", NegationRecipe, "sentiment.text.plain.PlainRecipe")
    assert printed(copy, "-c", TRAIN_AND_STORE) == "Complement naive Bayes True"


def test_a_stack_is_one_file(copy):
    local = (copy / "stack_config" / "local.yaml").read_text(encoding="utf-8")
    (copy / "stack_config" / "mine.yaml").write_text(local.replace("stack_name: local", "stack_name: mine"))
    code = "from stack_config.definition import load_definition; print(load_definition('mine').stack_name)"
    assert printed(copy, "-c", code) == "mine"


def test_a_command_is_one_file_and_its_name(copy):
    (copy / "commands" / "hello.py").write_text(COMMAND)
    with (copy / "commands" / "root.py").open("a") as root:  # the name that pyproject.toml starts
        root.write("\n\nfrom commands.hello import hello\n\nroot.add_command(hello)\n")
    assert printed(copy, "run.py", "hello") == "hello"


def test_a_new_room_without_a_place_in_the_order_fails_the_import_rules(copy):
    (copy / "sentiment" / "attic").mkdir()
    (copy / "sentiment" / "attic" / "__init__.py").write_text('"""A room that nobody placed."""\n')
    shutil.copy(ROOT / "pyproject.toml", copy)
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=copy,
        env={"PYTHONPATH": str(copy), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "sentiment.attic" in done.stdout
