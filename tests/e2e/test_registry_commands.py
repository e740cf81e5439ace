"""From training to rollback, by the commands of the README."""

from __future__ import annotations

import ast
import base64
import json
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from tests.e2e.conftest import copy_trained


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Two sparse candidates: the linear one is the champion."""
    return copy_trained(tmp_path_factory.mktemp("registry"), "bag_of_words", "tfidf_linear")


@pytest.fixture(scope="module")
def numbers(trained):
    """Version number by candidate."""
    return {version["tags"]["candidate"]: version["version"] for version in trained.json("registry")}


OPENS_BOTH = """
from pathlib import Path
from stack_config.stored import read_active_stack
from steps.shared.registry import open_registry
from zenml.client import Client
print(read_active_stack(Path()))
print((Client().active_stack_model.name, open_registry().tracking_uri))
"""


@pytest.mark.parametrize(
    "command",
    [
        ["status"],
        ["runs"],
        ["registry"],
        ["registry", "show", "1"],
        ["service"],
        ["predict", "--local", "soft"],
    ],
)
def test_what_only_looks_does_not_import_zenml(trained, command):
    told = trained.python("-X", "importtime", "run.py", *command).stderr
    assert "commands.root" in told
    assert not re.search(r"\| +(zenml|sklearn|nltk)$", told, flags=re.MULTILINE)


def test_where_mlflow_is_is_read_as_zenml_says_it_and_left_to_zenml_where_it_is_set_otherwise(trained):
    stored, said = trained.python("-c", OPENS_BOTH).stdout.splitlines()
    assert stored == "StoredStack(name={!r}, tracking_uri={!r})".format(*ast.literal_eval(said))
    database = trained.home / "local_stores" / "default_zen_store" / "zenml.db"
    with closing(sqlite3.connect(database)) as opened, opened:
        (before,) = opened.execute("SELECT configuration FROM stack_component WHERE type = 'experiment_tracker'")
        other = base64.b64encode(b'{"tracking_uri": "sqlite:////elsewhere/mlflow.db"}')
        opened.execute("UPDATE stack_component SET configuration = ? WHERE type = 'experiment_tracker'", [other])
    try:
        assert trained.python("-c", OPENS_BOTH).stdout.splitlines()[0] == "None"
    finally:
        with closing(sqlite3.connect(database)) as opened, opened:
            opened.execute("UPDATE stack_component SET configuration = ? WHERE type = 'experiment_tracker'", before)


def champion(project):
    return project.json("status")["champion"]


def test_listing_tells_where_each_version_is_and_what_it_is_worth(trained, numbers):
    listed = {version["tags"]["candidate"]: version for version in trained.json("registry")}
    assert listed["tfidf_linear"]["alias"] == "champion"
    assert listed["tfidf_linear"]["stage"] == "Production"
    assert listed["bag_of_words"]["stage"] == "Staging"
    for version in listed.values():
        assert {"accuracy", "roc_auc", "mcc"} <= version["metrics"].keys()
        assert {"developer", "algorithm", "zenml_run", "data_sha256", "files_sha256"} <= version["tags"].keys()
        assert version["run_id"]
        assert "trained on `sample`" in version["description"]
        for origin in ("developer", "zenml_run", "data_sha256", "mlflow_run"):
            assert version["tags"][origin] in version["description"]
    shown = trained.run("registry").stdout
    assert "passed the gate" in shown
    assert "(sample)" in shown


def test_a_worse_version_is_not_promoted_and_the_command_exits_3(trained, numbers):
    decision = trained.json("promote", numbers["bag_of_words"], exits=3)
    assert decision["promoted"] is False
    failed = {check["name"] for check in decision["checks"] if not check["passed"]}
    assert {"minimum_gain", "probability_better"} & failed
    assert champion(trained) == numbers["tfidf_linear"]


def test_promoting_the_champion_changes_nothing_and_exits_0(trained, numbers):
    done = trained.run("promote", numbers["tfidf_linear"])
    assert f"Version {numbers['tfidf_linear']} is the champion already." in done.stderr
    assert "Error" not in done.stderr


def test_force_rollback_and_history(trained, numbers):
    worse, better = numbers["bag_of_words"], numbers["tfidf_linear"]
    assert trained.json("promote", worse, "--force", "a test of the alarm")["forced"] == "a test of the alarm"
    assert champion(trained) == worse
    trained.run("rollback", "--why", "the alarm works")
    assert champion(trained) == better
    told = [(event["action"], event["version"], event["previous"]) for event in trained.json("registry", "history")]
    assert told[-2:] == [("force", worse, better), ("rollback", better, worse)]
    assert "the alarm works" in trained.run("registry", "history").stdout


@pytest.mark.slow
def test_the_champion_cannot_be_archived_others_can_and_come_back(trained, numbers):
    assert "promote another or roll back first" in trained.run("archive", numbers["tfidf_linear"], exits=1).stderr
    trained.run("archive", numbers["bag_of_words"])
    assert trained.json("registry", "show", numbers["bag_of_words"])["stage"] == "Archived"
    trained.run("archive", numbers["bag_of_words"], "--undo")
    assert trained.json("registry", "show", numbers["bag_of_words"])["stage"] == "Staging"


def test_comparing_two_versions(trained, numbers):
    better, worse = numbers["tfidf_linear"], numbers["bag_of_words"]
    compared = trained.json("registry", "compare", better, worse)
    gain = compared["differences"]["mcc"]
    assert 0 < gain["low"] < gain["difference"] < gain["high"]
    assert gain["probability_better"] > 0.9
    assert compared["disagreements"]
    shown = trained.run("registry", "compare", better, worse).stdout
    assert "rows where the verdicts differ" in shown


def test_downloading_gives_the_model_and_its_parts_once(trained, numbers):
    folder = trained.root / "taken"
    trained.run("download", "champion", "taken")
    signature = json.loads((folder / "signature.json").read_text())
    assert [column["name"] for column in signature["inputs"]] == ["review", "title"]
    assert len((folder / "vocabulary.txt").read_text().splitlines()) > 1000
    assert (folder / "model" / "data" / "files" / "weights.npy").is_file()
    assert "exists already" in trained.run("download", "champion", "taken", exits=2).stderr


def test_repair_with_nothing_to_mend_says_so(trained, numbers):
    assert "Nothing to mend" in trained.run("registry", "repair").stdout


def test_zenml_follows_the_champion(trained, numbers):
    asked = trained.python(
        "-c",
        """
from zenml.client import Client
for version in Client().list_model_versions(model="customer-sentiment-analysis"):
    print("VERSION", version.name, version.stage)
""",
    )
    stages = dict(re.findall(r"VERSION mlflow-(\d+)-\S+ (\w+)", asked.stdout))
    assert stages[champion(trained)] == "production"
    assert list(stages.values()).count("production") == 1
    assert set(stages) == set(numbers.values())


def test_standard_input_is_not_scored_into_the_file_that_it_comes_from(trained):
    path = trained.root / "piped.csv"
    shutil.copy(trained.root / "data" / "sample_reviews.csv", path)
    before = path.read_bytes()
    with path.open("rb") as reviews:
        done = subprocess.run(
            [sys.executable, "run.py", "score", "-", path.name, "--overwrite"],
            cwd=trained.root,
            env=trained.environment,
            stdin=reviews,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert "piped.csv is the same file as /dev/stdin" in " ".join(done.stderr.split())
    assert path.read_bytes() == before
