"""What needs no training: help, bad input, exit codes."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

HEAVY = ("zenml", "mlflow", "sklearn", "tensorflow", "pandas", "numpy")
GOOD = ["Review Text,Recommended IND", *(f"review number {n} is here,{n % 2}" for n in range(100))]


@pytest.mark.parametrize("command", [(), ("train",), ("registry",), ("promote",), ("stack", "set-up"), ("stack", "up")])
def test_help_imports_nothing_heavy(command):
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "run.py", *command, "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert "click" in imported
    assert imported.isdisjoint(HEAVY)
    assert "Usage: python run.py" in done.stdout


def written_below(*folders: Path) -> set[Path]:
    paths = {path for folder in folders for path in folder.rglob("*")}
    return {path for path in paths if "__pycache__" not in path.parts}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--data", "bad.csv"), "too few reviews|unknown labels"),
        (("--data", "not-there.csv"), "not-there.csv"),
        (("--config", "bad.yaml"), "nonsense"),
        (("--only", "nobody"), "nobody.*bag_of_words"),
        (("--seed", "-1"), "-1"),
        (("--nonsense",), "nonsense"),
        (("trian",), "no command 'trian'.*Did you mean train"),
        (("[bold]",), r"no command '\[bold\]'.*--help"),
        (("stack", "set-up", "nowhere"), "nowhere.*local"),
        (("stack", "set-up", "gcp"), "GCP_PROJECT.*GCP_BUCKET.*MLFLOW_URL"),
        (("stack", "set-up", "gcp", "--set", "GCP_PROJECT"), "--set takes NAME=value; found: GCP_PROJECT"),
        (("stack", "up", "gcp"), "gcp.*team"),
        (("data", "check", "bad.csv"), "bad.csv"),
    ],
)
def test_bad_input_exits_2_and_changes_nothing(fresh, arguments, said):
    (fresh.root / "bad.csv").write_text("Review Text,Recommended IND\nfine,maybe\n", encoding="utf-8")
    (fresh.root / "bad.yaml").write_text("nonsense: 1\n", encoding="utf-8")
    before = written_below(fresh.root, fresh.home)
    done = fresh.run(*arguments, exits=2)
    assert re.search(said, done.stderr, re.DOTALL)
    assert "Traceback" not in done.stderr
    assert written_below(fresh.root, fresh.home) == before


def test_a_bad_file_is_refused_before_zenml_mlflow_and_tensorflow_are_imported(fresh):
    (fresh.root / "bad.csv").write_text("Review Text,Recommended IND\nfine,maybe\n", encoding="utf-8")
    done = fresh.python("-X", "importtime", "run.py", "--data", "bad.csv")
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert done.returncode == 2
    assert imported.isdisjoint({"zenml", "mlflow", "tensorflow"})


def test_checking_a_good_file_tells_what_is_in_it(fresh):
    (fresh.root / "good.csv").write_text("\n".join(GOOD), encoding="utf-8")
    facts = fresh.json("data", "check", "good.csv")
    assert facts["rows_with_text"] == 100
    assert facts["labels"] == {"not recommended": 50, "recommended": 50}


@pytest.mark.real_data
def test_one_broken_row_among_thousands_is_named(fresh, real_csv):
    (fresh.root / "broken.csv").write_bytes(real_csv.read_bytes() + b"one,field,too,few\n")
    assert "row 23487" in fresh.run("--data", "broken.csv", exits=2).stderr


def test_a_stack_that_is_not_registered_is_refused_with_the_command_that_registers_it(project):
    for arguments in (("--stack", "team"), ("runs", "--stack", "team"), ("--only", "bag_of_words", "--stack", "team")):
        refused = project.run(*arguments, exits=2)
        assert "no stack 'team' is registered" in refused.stderr
        assert "`python run.py stack set-up team` registers it" in refused.stderr
    assert "no stack 'loc' is registered" in project.run("--stack", "loc", "status", exits=2).stderr


def test_a_stack_whose_secret_is_missing_is_refused_with_the_command_that_makes_it(project):
    refused = project.run("stack", "set-up", "team", "--set", "MLFLOW_URL=http://127.0.0.1:9", exits=2)
    assert "secret 'sentiment-team' lacks password, username: `zenml secret create sentiment-team -i`" in refused.stderr
    assert "`python run.py stack up team`" in refused.stderr


def test_the_version_is_told():
    done = subprocess.run([sys.executable, "run.py", "--version"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert re.fullmatch(r"python run\.py, version \d+\.\d+\.\d+\n", done.stdout)
