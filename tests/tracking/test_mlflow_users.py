"""What somebody tries with MLflow's own commands and functions, in the lines that docs/release.md shows."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import mlflow
import pandas as pd
import pytest
from mlflow.exceptions import MlflowException
from mlflow.models import Model

from sentiment.tracking.pyfunc import save
from tests.conftest import ROOT

RELEASE = ROOT / "docs" / "release.md"
FRAME = pd.DataFrame({"review": ["I love it, so soft", "Returned it, itchy"] * 5, "recommended": [1, 0] * 5})


@pytest.fixture(scope="module")
def saved(models, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("mlflow") / "model"
    save(models[3], folder, Model())
    return folder


@pytest.fixture
def model(saved, tmp_path, monkeypatch):
    """The model, in a folder and with a store of its own."""
    monkeypatch.chdir(tmp_path)
    before = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri(f"sqlite:///{tmp_path / 'mlflow.db'}")
    yield mlflow.pyfunc.load_model(str(saved))
    mlflow.set_tracking_uri(before)


def documented(mark):
    """The lines of the document's block of Python that has a mark in it."""
    (block,) = [one for one in re.findall(r"```python\n(.*?)```", RELEASE.read_text(), re.DOTALL) if mark in one]
    return block


def test_the_documented_lines_evaluate_a_model_as_a_classifier(model):
    known = {"model": model, "frame": FRAME, "mlflow": mlflow, "pandas": pd}
    exec(documented("mlflow.models.evaluate"), known)  # noqa: S102
    verdicts = model.predict(FRAME[["review"]])["recommended"]
    assert known["result"].metrics["accuracy_score"] == (verdicts == FRAME["recommended"]).mean()


def test_the_documented_line_scores_a_list_of_texts(model):
    known = {"model": model, "texts": list(FRAME["review"]), "pandas": pd}
    exec(documented("texts"), known)  # noqa: S102
    assert known["answers"]["probability"].tolist() == model.predict(FRAME[["review"]])["probability"].tolist()
    with pytest.raises(MlflowException, match=r"Model is missing inputs \['review'\]"):
        model.predict(list(FRAME["review"]))


def test_mlflow_models_predict_answers(saved, tmp_path):
    asked = tmp_path / "reviews.json"
    asked.write_text(json.dumps({"dataframe_split": {"columns": ["review"], "data": [["I love it, so soft"]]}}))
    command = ["-m", "mlflow", "models", "predict", "-m", str(saved), "-i", str(asked), "--env-manager", "local"]
    done = subprocess.run([sys.executable, *command], capture_output=True, text=True, check=True, cwd=tmp_path)
    (answer,) = json.loads(done.stdout)["predictions"]
    assert set(answer) == {"probability", "recommended", "known_words"}


@pytest.mark.slow
def test_the_documented_lines_score_rows_of_spark(saved, model, monkeypatch):
    session = pytest.importorskip("pyspark.sql").SparkSession
    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))
    spark = session.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
    try:
        known = {"mlflow": mlflow, "spark": spark, "address": str(saved)}
        known["rows"] = spark.createDataFrame([(text, "") for text in FRAME["review"]], ["review", "title"])
        exec(documented("spark_udf"), known)  # noqa: S102
        found = [row["probability"] for row in known["scored"].select("answer.*").collect()]
    finally:
        spark.stop()
    assert found == pytest.approx(model.predict(FRAME[["review"]])["probability"].tolist())
