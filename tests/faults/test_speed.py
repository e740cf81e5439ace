"""What only looks, or asks a server, does not import what it does not need."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import ROOT

HEAVY = {"zenml", "mlflow", "sklearn", "pandas", "tensorflow"}


@pytest.mark.parametrize("module", ["commands.root", "commands.terminal.tables", "sentiment.service.client"])
def test_asking_a_service_and_printing_its_answer_imports_no_framework(module):
    code = f"import sys, {module}; print(*{HEAVY!r} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_the_windows_that_were_judged_are_shown_without_opening_zenml_for_the_group_of_the_command():
    code = """
import sys
from commands.root import root
root(["monitor", "history", "--json"], standalone_mode=False)
print("zenml" in sys.modules, file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "False"
