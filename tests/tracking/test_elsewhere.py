"""A model that was taken home is loaded by MLflow where this project never was, as its own README says."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sentiment.tracking.registry.parts import download
from tests.conftest import ROOT

TEXTS = ["The fabric is soft and it fits like a dream.", "It is NOT soft, I sent it back."]
PACKAGES = ("commands", "materializers", "pipelines", "sentiment", "stack_config", "steps")


def run(folder: Path, *command: str | Path, **how: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*command], cwd=folder, capture_output=True, text=True, check=False, **how)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What is installed, without what a build leaves in it."""
    for name in PACKAGES:
        shutil.copytree(ROOT / name, tmp_path / "checkout" / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path / "checkout")
    return tmp_path / "checkout"


@pytest.mark.parametrize(
    "family",
    ["tfidf_linear", *(pytest.param(one, marks=pytest.mark.slow) for one in ("tfidf_bayes", "embedding_average"))],
)
def test_the_readme_of_a_download_loads_it_in_a_clean_environment(
    family, fit, registry, register_model, checkout, tmp_path
):
    model = fit(family).model
    download(registry, register_model(model), tmp_path / "taken home")
    readme = (tmp_path / "taken home" / "README.md").read_text(encoding="utf-8")
    for part in ("pip install -r 'taken home'/model/requirements.txt", "pip install --no-deps PROJECT"):
        assert part in readme
    uv, python = Path(sys.executable).with_name("uv"), tmp_path / "environment" / "bin" / "python"
    assert run(tmp_path, uv, "venv", "--python", sys.executable, "environment").returncode == 0
    code = re.search("```python\n(.*)```", readme, re.DOTALL)[1]
    code = code.replace('["I love this dress"], "title": [""]', json.dumps(TEXTS)).replace(
        "model.predict", "print(model.predict"
    )
    code = code.rstrip() + ".to_json())"
    needed = ["-r", "taken home/model/requirements.txt"]
    installed = run(tmp_path, uv, "pip", "install", "--python", python, *needed)
    assert installed.returncode == 0, installed.stderr
    assert "No module named 'sentiment'" in run(tmp_path, python, "-c", code, env={}).stderr
    installed = run(tmp_path, uv, "pip", "install", "--python", python, "--no-deps", checkout)
    assert installed.returncode == 0, installed.stderr
    done = run(tmp_path, python, "-c", code, env={})
    assert done.returncode == 0, done.stderr
    found = pd.DataFrame(json.loads(done.stdout))
    assert found["probability"].tolist() == pytest.approx(model.predict_proba(TEXTS).tolist(), abs=1e-6)
