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
