"""A model loads where there is nothing of this project: its code lies beside it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sentiment.tracking.registry.parts import download

ASKED = ["so soft and flattering", "it ripped and I sent it back"]
LOADS = """
import json, sys
sys.meta_path = [one for one in sys.meta_path if "editable" not in str(one)]  # how this project is installed here
import mlflow, pandas as pd
model = mlflow.pyfunc.load_model(sys.argv[1])
answers = model.predict(pd.DataFrame({"review": json.loads(sys.argv[2])}))
print(json.dumps([sys.modules["sentiment"].__file__, answers["probability"].tolist()]))
"""


def load_outside(python: str, folder: Path) -> list[float]:
    command = [python, "-c", LOADS, str(folder / "model"), json.dumps(ASKED)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    imported, answers = json.loads(done.stdout.splitlines()[-1])
    assert imported.startswith(str(folder / "model" / "code" / "sentiment.zip"))
    return answers


@pytest.fixture
def take(registry, register_model, tmp_path):
    def take_one(model):
        download(registry, register_model(model), tmp_path / "taken")
        return tmp_path / "taken"

    return take_one


def test_a_downloaded_model_brings_the_code_that_loads_it(take, models):
    folder = take(models[3])
    assert load_outside(sys.executable, folder) == pytest.approx(models[3].predict_proba(ASKED).tolist(), abs=1e-6)


def test_the_same_code_gives_the_same_archive(registry, register_model, models):
    digests = [register_model(model).digests for model in models[:2]]
    assert len({one["code/sentiment.zip"] for one in digests}) == 1


@pytest.mark.slow
@pytest.mark.parametrize("family", ["linear_blend", "bag_of_words", "embedding_average"])
def test_its_own_requirements_are_all_that_must_be_installed(take, fitted, family, tmp_path):
    folder = take(fitted[family].model)
    clean = tmp_path / "clean"
    uv = str(Path(sys.executable).with_name("uv"))
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, str(clean)], check=True)
    python = str(clean / "bin" / "python")
    requirements = str(folder / "model" / "requirements.txt")
    subprocess.run([uv, "pip", "install", "--quiet", "--python", python, "-r", requirements], check=True)
    assert load_outside(python, folder) == pytest.approx(fitted[family].model.predict_proba(ASKED).tolist(), abs=1e-5)
