"""Training again and again: what an orchestrator that can is handed, and what is said where it cannot."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from commands.schedules import crontab_line
from tests.conftest import ROOT
from tests.e2e.noting_orchestrator import NOTES

CRON = "0 3 * * 1"
ON_A_STACK_THAT_CAN = """
from zenml.client import Client
from zenml.enums import StackComponentType
from stack_config import registration
from stack_config.definition import Component, load_definition
from stack_config.opening import open_zenml

open_zenml()
Client().create_flavor("tests.e2e.noting_orchestrator.NotingFlavor", StackComponentType.ORCHESTRATOR)
local = load_definition("local").components
noting = Component(name="sentiment-noting", flavor="noting", type="orchestrator", configuration={})
kept = {kind: local[kind] for kind in ("artifact_store", "experiment_tracker", "model_registry")}
definition = load_definition("local").model_copy(
    update={"stack_name": "noting", "components": {"orchestrator": [noting], **kept}}
)
registration.set_up(definition)
"""
LIST = """
import json
from zenml.client import Client
found = Client().list_schedules().items
print("FOUND" + json.dumps([[one.name, one.cron_expression, one.active] for one in found]))
"""


def test_an_orchestrator_that_can_is_handed_the_pipeline_with_its_times(fresh, tmp_path):
    notes = tmp_path / "notes.json"
    tests_too = {"PYTHONPATH": str(ROOT), NOTES: str(notes)}
    made = fresh.python("-c", ON_A_STACK_THAT_CAN, ZENML_CUSTOM_SOURCE_ROOT=str(fresh.root), **tests_too)
    assert made.returncode == 0, made.stderr
    order = ("train", "--only", "bag_of_words", "--schedule", CRON, "--json")
    done = fresh.python("run.py", "--stack", "noting", *order, **tests_too)
    assert done.returncode == 0, done.stderr
    said, noted = json.loads(done.stdout), json.loads(notes.read_text())
    assert said == {"schedule": noted["schedule"], "cron": CRON}
    assert noted["cron"] == CRON
    assert noted["when a step fails"] == "continue_on_failure"  # this orchestrator knows no other, as that of Vertex AI
    assert noted["run"] is None
    assert {"ingest", "bag_of_words", "gate"} <= set(noted["steps"])
    found = fresh.python("-c", LIST).stdout.rpartition("FOUND")[2]
    assert json.loads(found) == [[said["schedule"], CRON, True]]


def test_where_it_cannot_the_line_for_the_crontab_is_given_and_nothing_is_trained(fresh):
    done = fresh.python("run.py", "train", "--only", "bag_of_words", "--schedule", CRON)
    assert done.returncode == 2
    assert "(local) starts nothing by itself" in done.stderr
    line = done.stderr.splitlines()[-1]
    assert line.startswith(f"{CRON} cd {fresh.root} && ZENML_CONFIG_PATH={fresh.home} {sys.executable} ")
    assert line.endswith("/run.py train --only bag_of_words")
    assert not list(fresh.home.rglob("mlflow.db"))


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("0 3 * *", "five fields expected (minute, hour, day of the month, month, day of the week)"),
        ("60 3 * * 1", "60 is no minute; 0 to 59 expected"),
        ("0 3 * * 1-8", "8 is no day of the week; 0 to 7 expected"),
        ("0 3 * * 1; rm -rf /", "is no cron expression"),
        ("0 3 * * $HOME", "is no cron expression"),
    ],
)
def test_what_is_no_cron_expression_is_refused(value, says):
    done = subprocess.run(
        [sys.executable, "run.py", "train", "--schedule", value], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert says in done.stderr


@pytest.mark.parametrize("option", [["--schedule", CRON], [f"--schedule={CRON}"]])
def test_the_line_gives_the_same_command_in_the_same_place_whatever_its_words_are(option, tmp_path):
    folder = tmp_path / "it's a 100 % folder"
    folder.mkdir()
    show = "import json, os, sys; print(json.dumps([sys.argv[1:], os.getcwd(), os.environ['ZENML_CONFIG_PATH']]))"
    given = ["train", "--data", "two words.csv", *option, "--developer", "O'Hara; 50 %", "--no-cache"]
    home = {"ZENML_CONFIG_PATH": "/a b/c", "HOME": "/root"}
    line = crontab_line("*/5 3 * * mon", [sys.executable, "-c", show], given, Path(folder), home)
    assert line.startswith("*/5 3 * * mon cd ")
    command = line.removeprefix("*/5 3 * * mon ").replace(r"\%", "%")  # as cron does
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=True, env={})
    kept = ["train", "--data", "two words.csv", "--developer", "O'Hara; 50 %", "--no-cache"]
    assert json.loads(done.stdout) == [kept, str(folder), "/a b/c"]
