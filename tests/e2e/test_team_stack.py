"""The team stack as its users have it: a real MLflow server with accounts, a real PostgreSQL, and what goes wrong."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
import requests

from tests.conftest import ROOT
from tests.e2e.conftest import copy_project

QUICK = ("--only", "bag_of_words", "--only", "tfidf_linear")
OF_THE_PLACE = {"fit_seconds", "microseconds_per_review", "model_bytes"}  # a model names the place that keeps it
SLOW = """
seed: 0
validation_share: 0.1
selection_metric: mcc
candidates:
  - {name: bag_of_words, family: bag_of_words, recipe: article, params: {max_features: SIZE}}
  - {name: embedding_average, family: embedding_average, recipe: article, params: {vocabulary_size: SIZE}}
"""

SWITCHES = """
import json
from commands.project import ROOT
from stack_config import registration
from stack_config.definition import load_definition
from stack_config.team.folder import TeamFolder
from steps.shared.tracking import run_store
from zenml.client import Client
values = {"MLFLOW_URL": TeamFolder().state().address}
seen, changed = {}, []
for turn in range(10):
    for name in ("local", "team"):
        changed += registration.set_up(load_definition(name, values))
        registration.activate(name, ROOT)
        seen.setdefault(name, []).append(sorted(run.run_id for run in run_store().candidates()))
client = Client()
components = [f"{found.type.value} {found.name}" for found in client.list_stack_components(size=1000)]
print("ANSWERS" + json.dumps({
    "changed": changed, "seen": seen, "components": components,
    "stacks": [found.name for found in client.list_stacks(size=1000)],
}))
"""


@pytest.fixture(scope="module")
def team(project):
    """A project whose team server runs."""
    project.run("stack", "up", "team")
    yield project
    project.run("stack", "down", "team", "--delete-data", "--yes")
    assert not _state_file(project).exists()


def _state_file(project):
    return project.home / "sentiment_team" / "state.json"


def state(project):
    return json.loads(_state_file(project).read_text())


def address(project):
    return f"http://127.0.0.1:{state(project)['port']}"


def _database(project):
    """The folder of the database; its name is in the server's arguments, as no secret is."""
    path = project.home / "sentiment_team"
    digest = hashlib.sha256(str(path).encode()).hexdigest()[:12]
    return Path("/var/lib/customer-sentiment-analysis", digest) if os.geteuid() == 0 else path / "postgresql"


@pytest.fixture(scope="module")
def passwords(team):
    """The password of each account, as the command shows it to whoever asks."""
    return {
        account: team.run("stack", "password", "team", "--account", account).stdout.strip()
        for account in ("admin", "pipelines")
    }


@pytest.fixture(scope="module")
def trained(team):
    """The same candidates, trained on each stack."""
    return {
        "local": team.run(*QUICK),  # the first run of a project sets this stack up
        "team": team.run("--stack", "team", *QUICK),
    }


def test_it_is_up_once_and_the_second_time_changes_nothing(team):
    before = state(team)
    again = team.run("stack", "up", "team")
    assert "runs already; nothing to change" in again.stdout
    assert address(team) in again.stdout
    assert state(team) == before


@pytest.mark.slow
def test_both_stacks_give_the_same_metrics_to_the_last_digit_and_the_same_registry(team, trained):
    def metrics(stack):
        return {
            run["name"]: {name: value for name, value in run["metrics"].items() if name not in OF_THE_PLACE}
            for run in team.json("--stack", stack, "runs")
        }

    def story(stack):
        return [
            (version["version"], version["tags"]["candidate"], version["stage"], version["alias"])
            for version in team.json("--stack", stack, "registry")
        ]

    assert metrics("team") == metrics("local")
    assert {"bag_of_words", "tfidf_linear"} == metrics("team").keys()
    assert story("team") == story("local")
    assert ("2", "tfidf_linear", "Production", "champion") in story("team")
    assert all(line.startswith("✓ ") for line in trained["team"].stderr.splitlines())


def test_a_stack_that_is_named_is_used_by_that_command_alone(team, trained):
    assert team.json("--stack", "team", "status")["stack"] == "team"
    assert team.json("status", "--stack", "team")["tracking_uri"] == address(team)
    assert team.json("status")["stack"] == "local"


@pytest.mark.slow
def test_force_rollback_and_history_on_a_server(team, trained):
    on = ("--stack", "team")
    assert team.json(*on, "promote", "1", "--force", "an alarm")["forced"] == "an alarm"
    team.run(*on, "rollback", "--why", "the alarm works")
    told = [(event["action"], event["version"], event["confirmed"]) for event in team.json(*on, "registry", "history")]
    assert told == [("promote", "2", True), ("force", "1", True), ("rollback", "2", True)]
    assert team.json(*on, "status")["champion"] == "2"
    assert team.json("registry", "history")[-1]["action"] == "promote"


@pytest.mark.slow
def test_ten_switches_leave_no_duplicate_and_each_stack_sees_its_own_runs(team, trained):
    asked = team.python("-c", SWITCHES)
    answers = json.loads(asked.stdout.rpartition("ANSWERS")[2])
    assert answers["changed"] == []
    assert len(answers["components"]) == len(set(answers["components"]))
    assert sorted(answers["stacks"]) == ["default", "local", "team"]
    local, shared = answers["seen"]["local"], answers["seen"]["team"]
    assert all(seen == local[0] for seen in local)
    assert all(seen == shared[0] for seen in shared)
    assert len(local[0]) == len(shared[0]) == len(QUICK) // 2
    assert set(local[0]).isdisjoint(shared[0])
    for stack in ("local", "team"):
        assert {run["status"] for run in team.json("--stack", stack, "runs")} == {"FINISHED"}
    team.run("stack", "set-up", "local")


def test_status_asks_every_component(team, trained):
    described = team.json("--stack", "team", "stack", "status")
    by_kind = {component["kind"]: component for component in described["components"]}
    for kind in ("experiment_tracker", "model_registry"):
        assert by_kind[kind]["address"] == address(team)
        assert by_kind[kind]["answers"] is True
    assert by_kind["artifact_store"]["answers"] is True
    assert described["versions"]["mlflow server"] == described["versions"]["mlflow client"]
    assert described["versions"]["zenml server"] == described["versions"]["zenml client"]


def test_nobody_gets_in_without_an_account_from_elsewhere_or_by_another_name(team, passwords):
    asked = f"{address(team)}/api/2.0/mlflow/experiments/get-by-name?experiment_name=Default"
    account = ("admin", passwords["admin"])
    assert requests.get(asked, timeout=10).status_code == 401
    assert requests.get(asked, auth=("admin", "password1234"), timeout=10).status_code == 401
    assert requests.get(asked, auth=account, timeout=10).status_code == 200
    assert requests.get(asked, auth=account, headers={"Host": "evil.example"}, timeout=10).status_code == 403
    created = f"{address(team)}/api/2.0/mlflow/experiments/create"
    elsewhere = {"Origin": "https://evil.example"}
    assert requests.post(created, auth=account, headers=elsewhere, json={"name": "x"}, timeout=10).status_code == 403


def test_a_password_is_in_no_file_argument_or_environment(team, trained, passwords):
    secret = [word.encode() for word in passwords.values()]
    forms = [form for word in secret for form in (word, base64.b64encode(word)[:-4])]
    for folder in (team.root, team.home, _database(team)):
        for path in folder.rglob("*"):
            if path.is_file():
                content = path.read_bytes()
                assert not any(form in content for form in forms), path
    processes = [psutil.Process(state(team)[name]["pid"]) for name in ("mlflow", "postgresql")]
    for process in [*processes, *(child for one in processes for child in one.children(recursive=True))]:
        shown = " ".join(process.cmdline()) + str(process.environ())
        assert not any(word.decode() in shown for word in secret), process
    assert (team.home / "config.yaml").stat().st_mode & 0o077 == 0
    assert (team.home / "sentiment_team").stat().st_mode & 0o077 == 0


@pytest.mark.slow
def test_a_model_is_served_without_the_account(team, trained, passwords):
    on = ("--stack", "team")
    served = team.json(*on, "deploy")
    try:
        assert served["version"] == "2"
        (answer,) = team.json(*on, "predict", "It is not soft, I sent it back.")
        assert answer["version"] == "2"
        environment = str(psutil.Process(served["pid"]).environ())
        assert passwords["pipelines"] not in environment
    finally:
        team.run(*on, "service", "stop")


@pytest.mark.slow
def test_answers_are_recorded_in_the_teams_database_and_watched_there(team, trained):
    def told(*order, exits=0):
        done = team.python("run.py", "--stack", "team", *order, SENTIMENT_PREDICTIONS="team")
        assert done.returncode == exits, done.stdout + done.stderr
        return done

    told("deploy", "--to", "service")
    try:
        told("predict", "It is not soft, I sent it back.")
        recorded = json.loads(told("predictions", "--json").stdout)
        assert recorded[-1]["review"] == "It is not soft, I sent it back."
        (team.root / "said.csv").write_text(f"id,recommended\n{recorded[-1]['id']},0\n")
        assert "1 label was added to PostgreSQL" in told("monitor", "labels", "said.csv").stdout
        assert told("monitor", "--window", "all", exits=5).stdout.startswith("unknown: version 2")
        assert "1 labelled since" in told("retrain", exits=2).stderr  # which is too few
        assert "2 records were deleted" in told("predictions", "forget", recorded[-1]["id"]).stdout
        assert not (team.root / ".predictions").exists()
    finally:
        told("service", "stop")
    never_up = copy_project(team.root.parent / "other")
    assert "`python run.py stack up team` starts one" in never_up.run("predictions", "--log", "team", exits=2).stderr


@pytest.fixture
def in_the_middle(team, trained, passwords):
    """Start a training run whose second candidate is being fitted, and give its process."""
    started = []

    def start(size):
        config = team.root / f"slow-{size}.yaml"
        config.write_text(SLOW.replace("SIZE", str(size)))
        before = {run["run_id"] for run in team.json("--stack", "team", "runs")}
        process = subprocess.Popen(
            [sys.executable, "run.py", "--stack", "team", "--config", config.name],
            cwd=team.root,
            env=team.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        _wait_for_candidate(team, "embedding_average", before, process, passwords["admin"])
        return process, config.name

    yield start
    for process in started:
        process.kill()
        process.wait()
    team.run("stack", "up", "team")


def _wait_for_candidate(project, name, before, process, password):
    asked = f"{address(project)}/api/2.0/mlflow/runs/search"
    body = {"experiment_ids": ["1"], "filter": f"tags.candidate = '{name}' and attributes.status = 'RUNNING'"}
    account = ("admin", password)
    while process.poll() is None:
        found = requests.post(asked, json=body, auth=account, timeout=10).json().get("runs", [])
        if any(run["info"]["run_id"] not in before for run in found):
            return
        time.sleep(0.05)
    pytest.fail(f"it ended before {name} was begun: {process.communicate()}")


def _one_message(stderr):
    assert "Traceback" not in stderr
    assert len(re.findall("^Error: ", stderr, flags=re.MULTILINE)) == 1
    assert "does not answer; is the tracking server running?" in stderr
    return re.findall(r"^  - (\w+): ", stderr, flags=re.MULTILINE)


@pytest.mark.slow
def test_the_server_killed_in_the_middle_fails_the_run_and_repeated_it_goes_on(team, in_the_middle):
    versions = team.json("--stack", "team", "registry")
    process, config = in_the_middle(1000)
    holder = psutil.Process(state(team)["mlflow"]["pid"])
    for one in [holder, *holder.children(recursive=True)]:
        one.kill()
    killed = time.monotonic()
    _, stderr = process.communicate(timeout=120)
    assert process.returncode == 1
    assert time.monotonic() - killed < 30  # what the README promises
    assert _one_message(stderr) == ["embedding_average"]

    away = team.run("--stack", "team", "--config", config, exits=1)
    assert "does not answer; is the tracking server running?" in away.stderr
    team.run("stack", "up", "team")
    assert team.json("--stack", "team", "registry") == versions  # nothing was half registered
    again = team.run("--stack", "team", "--config", config)
    rows = {name: line for line in again.stdout.splitlines() for name in ("bag_of_words", "embedding") if name in line}
    assert "(cached)" in rows["bag_of_words"]
    assert "(cached)" not in rows["embedding"]


@pytest.mark.slow
def test_the_database_restarted_in_the_middle(team, in_the_middle):
    process, config = in_the_middle(1100)
    database = psutil.Process(state(team)["postgresql"]["pid"])
    database.send_signal(signal.SIGINT)
    database.wait(timeout=60)
    started = team.python(
        "-c",
        "from stack_config.team.folder import TeamFolder\n"
        "from stack_config.team.postgresql import PostgreSQL\n"
        "print(PostgreSQL(TeamFolder()).start().pid)",
    )
    assert started.returncode == 0, started.stderr
    _, stderr = process.communicate(timeout=120)
    if process.returncode:
        _one_message(stderr)
    again = team.run("--stack", "team", "--config", config)
    assert "bag_of_words" in again.stdout
    assert {run["status"] for run in team.json("--stack", "team", "runs")} <= {"FINISHED", "FAILED"}
    assert "stopped PostgreSQL" in team.run("stack", "down", "team").stdout  # also one that was started by other means


@pytest.mark.slow
def test_down_stops_everything_that_was_started_and_up_brings_the_data_back(team, trained):
    versions = team.json("--stack", "team", "registry")
    before = state(team)
    assert "stopped MLflow" in team.run("stack", "down", "team").stdout
    for name in ("mlflow", "postgresql"):
        assert not psutil.pid_exists(before[name]["pid"])
    assert "nothing to change" in team.run("stack", "down", "team").stdout
    assert "is the tracking server running?" in team.run("--stack", "team", "registry", exits=1).stderr

    settings = _database(team) / "postgresql.conf"
    kept = settings.read_text()
    settings.write_text(kept + "nonsense = 1\n")
    failed = team.run("stack", "up", "team", exits=1)
    assert re.search(r"`pg_ctl` of PostgreSQL failed.*its last log lines:.*nonsense", failed.stderr, flags=re.DOTALL)
    assert state(team) == {"port": before["port"], "mlflow": None, "postgresql": None}
    settings.write_text(kept)

    team.run("stack", "up", "team")
    assert state(team)["port"] == before["port"]
    assert team.json("--stack", "team", "registry") == versions


def test_down_leaves_a_process_alone_that_only_has_the_number(team):
    path = _state_file(team)
    kept = path.read_text()
    bystander = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    try:
        path.write_text(json.dumps({"port": state(team)["port"], "mlflow": {"pid": bystander.pid, "created": 1.0}}))
        team.run("stack", "down", "team")
        assert bystander.poll() is None
    finally:
        bystander.kill()
        path.write_text(kept)


def test_the_documents_say_how():
    text = (ROOT / "docs" / "stacks.md").read_text(encoding="utf-8")
    for command in ("stack up team", "--stack team", "stack password team", "stack down team"):
        assert command in text
