"""Serve, traffic, a planted change, an alarm: as a person meets it."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys

import pandas as pd
import pytest
import requests

from tests.conftest import ROOT
from tests.e2e import noting_alerter, noting_orchestrator
from tests.e2e.conftest import copy_trained

CRON = "*/15 * * * *"
WITH_AN_ALERTER = """
from zenml.client import Client
from zenml.enums import StackComponentType
from stack_config import registration
from stack_config.definition import Component, load_definition
from stack_config.opening import open_zenml

open_zenml()
Client().create_flavor("tests.e2e.noting_alerter.NotingAlerterFlavor", StackComponentType.ALERTER)
Client().create_flavor("tests.e2e.noting_orchestrator.NotingFlavor", StackComponentType.ORCHESTRATOR)
local = load_definition("local")
alerter = Component(name="chat", flavor="noting", type="alerter", configuration={})
noting = Component(name="noting", flavor="noting", type="orchestrator", configuration={})
for name, more in (("chat", {}), ("chat-scheduling", {"orchestrator": [noting]})):
    components = {**local.components, **more, "alerter": [alerter]}
    registration.set_up(local.model_copy(update={"stack_name": name, "components": components}))
"""


@pytest.fixture(scope="module")
def reviews():
    with (ROOT / "data" / "sample_reviews.csv").open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["Review Text"].strip()]


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    project = copy_trained(tmp_path_factory.mktemp("monitored"), "tfidf_linear")
    project.run("deploy", "--to", "service")
    yield project
    project.run("service", "stop")


def send(project, rows):
    """Ask the service about reviews; gives the ids of its answers."""
    address = project.in_service().address
    asked = [{"review": row["Review Text"], "title": row["Title"]} for row in rows]
    return [
        one["id"]
        for start in range(0, len(asked), 100)
        for one in requests.post(f"{address}/predict", json={"reviews": asked[start : start + 100]}, timeout=60).json()[
            "predictions"
        ]
    ]


def test_a_planted_change_is_told_once_and_noted(served, reviews):
    few = served.run("monitor", exits=5)
    assert few.stdout.startswith("unknown: version 1")

    send(served, reviews[:400])
    quiet = served.run("monitor", "--window", "last:400")
    assert quiet.stdout.startswith("ok: version 1, 400 predictions")
    tags = served.json("registry", "show", "1")["tags"]
    window = quiet.stdout.splitlines()[0].rpartition(" ")[2]
    assert tags["monitoring"].startswith("ok at ")
    assert tags["monitoring"].endswith(f" UTC, window {window}")
    assert tags["monitoring_page"].startswith("/#/experiments/")
    again = served.json("monitor", "--window", "last:400")
    assert len(served.json("monitor", "history")) == 2  # the same window is judged once
    assert again["judgement"]["state"] == "ok"

    two = ("--config", "two.yaml")  # so that chance has no word in which of them ring
    shipped = (served.root / "pipelines" / "configs" / "monitoring.yaml").read_text().splitlines()
    (served.root / "two.yaml").write_text(
        "\n".join("detectors: [verdicts, titles]" if line.startswith("detectors") else line for line in shipped)
    )
    ids = send(served, [row | {"Title": ""} for row in reviews if row["Recommended IND"] == "0"][:200])
    told = served.run("monitor", "--window", "last:200", *two, exits=4)
    assert told.stdout.startswith("alarm: version 1, 200 predictions")
    line = next(json.loads(line) for line in told.stderr.splitlines() if line.startswith("{"))
    assert any("share of recommendations" in reason for reason in line["reasons"])
    assert any("share with a title" in reason for reason in line["reasons"])
    assert '{"alarm"' not in served.run("monitor", "--window", "last:190", *two, exits=4).stderr  # within the cool-down

    served.run("monitor", "ack", line["alarm"], "--why", "[bold]autumn[/bold]")
    shown = served.run("monitor", "history").stdout
    assert "[bold]autumn[/bold]" in shown
    assert "(told before)" in shown
    served.run("monitor", "history", "--out", "windows.html")
    assert "[bold]autumn[/bold]" in (served.root / "windows.html").read_text(encoding="utf-8")
    assert "exists already" in served.run("monitor", "history", "--out", "windows.html", exits=2).stderr

    labels = served.root / "labels.csv"
    labels.write_text("id,recommended\n" + "".join(f"{one},0\n" for one in ids))
    served.run("monitor", "labels", "labels.csv")
    labelled = served.json("monitor", "--window", "last:200", exits=4)
    assert labelled["judgement"]["labelled"] == 200

    assert len(mlflow_runs(served)) == len(served.json("monitor", "history"))


@pytest.fixture(scope="module")
def chat(served, tmp_path_factory):
    """Gives a command on a stack with an alerter, and the messages that were posted."""
    messages = tmp_path_factory.mktemp("chat") / "messages"
    tests_too = {"PYTHONPATH": str(ROOT), noting_alerter.MESSAGES: str(messages)}
    made = served.python("-c", WITH_AN_ALERTER, ZENML_CUSTOM_SOURCE_ROOT=str(served.root), **tests_too)
    assert made.returncode == 0, made.stderr

    def command(stack, *order, **variables):
        return served.python("run.py", "--stack", stack, "monitor", *order, **tests_too, **variables)

    return command, messages


@pytest.mark.slow
def test_the_stacks_alerter_posts_an_alarm_once_and_its_failure_loses_no_verdict(chat):
    command, messages = chat
    order = ("--window", "last:200", "--config", "two.yaml")
    failed = command("chat", *order, **{noting_alerter.FAILS: "yes"})
    assert failed.returncode == 4, failed.stderr
    assert failed.stdout.startswith("alarm: version 1, 200 predictions")
    window = failed.stdout.splitlines()[0].rpartition(" ")[2]
    said = f"The stack's alerter did not post the alarm of window {window}: alerter 'chat' failed with RuntimeError"
    assert said in failed.stderr
    assert "xoxb" not in failed.stderr + failed.stdout
    assert not messages.exists()
    for _ in range(2):
        assert command("chat", *order).returncode == 4
    (message,) = map(json.loads, messages.read_text().splitlines())
    assert message.startswith(f"Alarm: version 1, 200 predictions, window {window}\n- ")
    assert f"monitor ack {window}" in message


@pytest.mark.slow
def test_an_orchestrator_that_can_is_handed_monitoring_with_its_times(chat, served, tmp_path):
    command, _ = chat
    noted_in = {noting_orchestrator.NOTES: str(tmp_path / "notes.json")}
    done = command("chat-scheduling", "--schedule", CRON, "--json", **noted_in)
    assert done.returncode == 0, done.stderr
    said, noted = json.loads(done.stdout), json.loads((tmp_path / "notes.json").read_text())
    assert said == {"schedule": noted["schedule"], "cron": CRON}
    assert noted["cron"] == CRON
    assert noted["steps"] == ["alert", "keep", "take_reference", "watch"]

    line = served.run("monitor", "--window", "day", "--schedule", CRON, exits=2).stderr.splitlines()[-1]
    assert line.startswith(f"{CRON} cd {served.root} && ZENML_CONFIG_PATH={served.home} {sys.executable} ")
    assert line.endswith("/run.py monitor --window day")


def mlflow_runs(project):
    code = """
from mlflow import MlflowClient
from steps.shared.tracking import run_store
client = MlflowClient(run_store().tracking_uri)
experiment = client.get_experiment_by_name("customer-sentiment-monitoring")
for run in client.search_runs([experiment.experiment_id]) if experiment else ():
    assert run.info.status == "FINISHED"
    assert [file.path for file in client.list_artifacts(run.info.run_id)] == ["window.html"]
    print("run", run.data.tags["state"])
"""
    done = project.python("-c", code)
    assert done.returncode == 0, done.stderr
    return [line for line in done.stdout.splitlines() if line.startswith("run ")]


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("rounds", [5])
def test_a_window_whose_run_is_killed_is_judged_and_kept_once(served, reviews, rounds):
    words = ("take_reference", "watch", "keep", "ok: ")
    send(served, reviews[: 100 * rounds + 200])
    shipped = (served.root / "pipelines" / "configs" / "monitoring.yaml").read_text().splitlines()
    (served.root / "quiet.yaml").write_text(
        "\n".join("detectors: [nothing_known]" if line.startswith("detectors") else line for line in shipped)
    )
    before, runs = [one["window"] for one in served.json("monitor", "history")], len(mlflow_runs(served))
    judged = []
    for rows, last_word in enumerate(words * rounds, start=250):
        window = ("monitor", "--window", f"last:{rows}", "--config", "quiet.yaml")
        killed_after(served, last_word, "run.py", *window)
        judged.append(served.json(*window)["window"])
    kept = [one["window"] for one in served.json("monitor", "history")]
    assert kept == before + judged
    assert len(kept) == len(set(kept))
    assert len(mlflow_runs(served)) == runs + len(judged)


def killed_after(project, last_word, *order):
    """Start a command, and kill it and all that it started as soon as it has said a word."""
    process = subprocess.Popen(
        [sys.executable, *order],
        cwd=project.root,
        env=project.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        assert any(last_word in line for line in process.stdout)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()


def test_the_service_shows_what_was_said_last(served):
    newest = served.json("monitor", "history")[-1]["judgement"]["state"]
    shown = requests.get(f"{served.in_service().address}/metrics", timeout=60).text
    assert f'sentiment_monitoring_state{{state="{newest}"}} 1.0' in shown
    assert shown.count("sentiment_monitoring_state{") == 3
    assert "sentiment_monitoring_window_age_seconds " in shown


@pytest.mark.slow
def test_requests_that_are_refused_beyond_the_limit_are_told(served):
    address = served.in_service().address
    for _ in range(60):
        assert requests.post(f"{address}/predict", json={"review": ""}, timeout=60).status_code == 422
    watching = ("monitor", "--window", "last:150", "--config", "quiet.yaml")
    told = served.json(*watching, exits=4)
    assert told["judgement"]["breaches"] == ["refused"]
    assert any("were refused (no_text 60)" in reason for reason in told["judgement"]["reasons"])
    assert served.json(*watching, exits=4)["window"] == told["window"]  # nobody asked since

    # The next window is judged by what came since, although not one prediction is new.
    for _ in range(60):
        assert requests.get(f"{address}/predict", params={"review": "soft"}, timeout=60).ok
    later = served.json("monitor", "--window", "last:160", "--config", "quiet.yaml")
    assert later["judgement"]["requests"]["refused"] == 0
    assert later["judgement"]["requests"]["number"] == 60

    served.run("service", "restart")
    address = served.in_service().address
    for _ in range(5):
        assert requests.post(f"{address}/predict", json={"review": ""}, timeout=60).status_code == 422
    anew = served.json("monitor", "--window", "last:170", "--config", "quiet.yaml")
    assert "the service was started anew since the last window: its requests are those since then" in anew["notes"]
    assert anew["judgement"]["requests"]["reasons"] == {"no_text": 5}


def test_a_file_that_was_scored_in_bulk_is_judged_whole_with_its_labels(served):
    served.run("score", "data/sample_reviews.csv", "scored.parquet")
    # Not by every detector: of rows that it was trained on, a model knows more words than of others.
    judged = served.json("monitor", "--predictions", "scored.parquet", "--config", "two.yaml")["judgement"]
    assert judged["state"] == "ok"
    assert judged["rows"] == judged["labelled"] > 2_500
    assert (
        "no column 'probability'" in served.run("monitor", "--predictions", "data/sample_reviews.csv", exits=2).stderr
    )

    scored = pd.read_parquet(served.root / "scored.parquet")
    scored.assign(recommended=scored["recommended"] == 1, model_version=1.0).to_csv(served.root / "rewritten.csv")
    again = served.json("monitor", "--predictions", "rewritten.csv", "--config", "two.yaml")["judgement"]
    assert (again["state"], again["rows"], again["measured"]) == ("ok", judged["rows"], judged["measured"])
    for column, said in (("probability", "no probability"), ("recommended", "no verdict")):
        scored.assign(**{column: 2.0}).to_csv(served.root / "wrong.csv")
        refused = served.run("monitor", "--predictions", "wrong.csv", exits=2).stderr
        assert f"rows 1, 2, 3, 4, 5 and {judged['rows'] - 5:,} more have {said}" in refused
        assert "take_reference" not in refused


def test_a_change_leads_to_an_alarm_a_better_model_and_a_new_version_in_service(served, reviews):
    too_few = served.run("retrain", "--fewest", "5000", exits=2)
    assert "nothing to train on again: " in too_few.stderr
    named = served.run("retrain", "--fewest", "5000", "--data", "data/sample_reviews.csv", exits=2)
    assert named.stderr == too_few.stderr
    other = served.run("retrain", "--data", "run.py", exits=2)
    assert "run.py is not what version 1 was trained on" in other.stderr

    bad = [f"{row['Review Text'].split()[0]} zorp {number} so zorp" for number, row in enumerate(reviews[:300])]
    ids = send(served, [{"Review Text": text, "Title": ""} for text in bad])
    address = served.in_service().address
    for one in ids:
        assert requests.post(f"{address}/feedback", json={"id": one, "recommended": False}, timeout=60).ok

    (served.root / "unknown.yaml").write_text(
        "\n".join(
            "detectors: [unknown_words, correct]" if line.startswith("detectors") else line
            for line in (served.root / "pipelines" / "configs" / "monitoring.yaml").read_text().splitlines()
        )
    )
    watching = ("--window", "last:300", "--config", "unknown.yaml", "--on-alarm", "retrain")
    watched = served.json("monitor", *watching, exits=4)
    assert watched["judgement"]["labelled"] == 300
    retraining = watched["retraining"]
    assert retraining["gathered"]["added"] >= 300
    assert retraining["decision"]["promoted"], retraining["decision"]
    again = served.json("monitor", *watching, "--version", "1", exits=4)
    assert again["window"] == watched["window"]
    assert "retraining" not in again  # one change is told and trained on once

    served.run("deploy", "--to", "service")
    assert served.json("service")["version"] == retraining["registered"]["best"]
    answer = requests.get(
        f"{served.in_service().address}/predict", params={"review": "it is so zorp"}, timeout=60
    ).json()
    assert answer["recommended"] is False
    assert answer["model_version"] == retraining["registered"]["best"]

    again = served.run("retrain", "--fewest", "1", exits=2)
    assert "0 labelled since; left out: " in again.stderr


@pytest.mark.slow
def test_a_reference_that_was_changed_is_refused_until_it_is_made_again(served):
    order = ("monitor", "--config", "quiet.yaml", "--window")
    number = served.json("service")["version"]
    served.run(*order, "all", exits=5)  # nobody asked it anything yet
    stored = {path: json.loads(path.read_text()) for path in served.home.rglob("take_reference/**/data*.json")}
    for path, reference in stored.items():
        if reference["version"] == number:
            path.write_text(json.dumps(reference | {"threshold": 0.01}))
    refused = served.run(*order, "last:130", exits=1).stderr
    assert f"the reference of version {number} is not what was made" in refused
    assert f"python run.py monitor --make-reference --version {number}" in refused
    made = served.run("monitor", "--make-reference").stdout
    assert made.startswith(f"Made the reference of version {number}: its answers about ")
    assert "from the cache" in served.run(*order, "last:130", exits=5).stderr


@pytest.mark.slow
def test_an_archived_version_is_said_to_be_and_one_whose_rows_are_gone_is_unknown(served):
    served.run("archive", "1")
    order = ("monitor", "--version", "1", "--window", "last:300", "--config", "quiet.yaml")
    assert "version 1 was archived: it is meant to answer no more" in served.json(*order)["notes"]
    forgotten = """
from zenml.client import Client
from steps.shared.registry import open_registry
Client().delete_pipeline_run(open_registry().version("1").tags["zenml_run"])
"""
    assert served.python("-c", forgotten).returncode == 0
    told = served.run(*order, exits=5)
    assert told.stdout.startswith("unknown: version 1, 0 predictions")
    assert "ZenML does not know pipeline run" in told.stdout


@pytest.mark.parametrize(
    ("order", "said"),
    [
        (("--window", "lately"), "'lately' is no window"),
        (("--version", "99"), "no version '99'"),
        (("--config", "nowhere.yaml"), "nowhere.yaml cannot be read"),
    ],
)
def test_what_cannot_be_judged_is_said_before_anything_begins(served, order, said):
    assert said in served.run("monitor", *order, exits=2).stderr


def test_a_tool_whose_environment_is_not_there_is_said_before_anything_begins(served):
    said = served.run("monitor", "--evidently", "report.html", exits=6).stderr
    assert "`make evidently` makes it" in said
    assert "take_reference" not in said
