"""`python run.py search`, as a person uses it."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time

import pytest
from sklearn.model_selection import train_test_split

from sentiment.search.journal import read
from tests.conftest import ROOT

SPACE = """
start: linear_blend
folds: 2
trials: 8
families:
  nb_linear:
    recipe: [negation, ending]
    params: {c: {low: 0.5, high: 50.0, log: true}}
  linear_svm:
    recipe: negation
    params: {c: {low: 0.05, high: 5.0, log: true}}
"""


@pytest.fixture(scope="module")
def searched(project):
    (project.root / "space.yaml").write_text(SPACE)
    order = ("--space", "space.yaml", "--name", "first", "--workers", "2", "--write", "found.yaml", "--no-promote")
    return project.run("search", "--data", "sample", *order)


def mlflow_runs(project, *tags):
    """Runs of the experiment that have every tag: id, status, tags, parameters, metrics."""
    code = """
import json, sys
from mlflow import MlflowClient
from steps.shared.tracking import run_store
client = MlflowClient(run_store().tracking_uri)
found = client.search_runs([run_store().experiment_id()], max_results=1000)
print(json.dumps([{"id": run.info.run_id, "status": run.info.status, **run.data.to_dictionary()} for run in found]))
"""
    found = json.loads(project.python("-c", code).stdout.splitlines()[-1])
    return [run for run in found if all(tag in run["tags"] for tag in tags)]


def test_it_ends_with_the_trials_and_an_honest_sentence(searched):
    assert "Search first: 8 trials" in searched.stdout
    assert "(the start)" in searched.stdout
    assert "No gain" in searched.stdout or "is better than linear_blend on new folds" in searched.stdout
    assert "95 % interval" in searched.stdout or "none is better" in searched.stdout


def test_the_winner_is_registered_waits_in_staging_and_can_be_promoted(project, searched):
    (version,) = project.json("registry")
    assert version["stage"] == "Staging"
    assert project.json("status")["champion"] is None
    assert "is the champion now" in project.run("promote", version["version"]).stdout
    assert project.json("status")["champion"] == version["version"]


def test_training_what_was_written_gives_the_same_numbers(project, searched):
    of_the_search = project.json("runs")[0]["metrics"]
    project.run("--data", "sample", "--config", "found.yaml")
    of_the_training = project.json("runs")[0]["metrics"]
    same = [name for name in of_the_search if name.startswith(("val_", "test_"))]
    assert len(same) > 20
    assert {name: of_the_training[name] for name in same} == {name: of_the_search[name] for name in same}


@pytest.mark.parametrize("read", ["space.yaml", "config.yaml", "schema.yaml", "reviews.csv"])
def test_the_winner_is_not_written_over_what_is_read(project, searched, read):
    files = {
        "space.yaml": SPACE,
        "config.yaml": (ROOT / "pipelines" / "configs" / "training.yaml").read_text(),
        "schema.yaml": "title: Title\n",
        "reviews.csv": (ROOT / "data" / "sample_reviews.csv").read_text(),
    }
    for name, content in files.items():
        (project.root / name).write_text(content)
    (project.root / f"link-{read}").symlink_to(read)
    named = ("--data", "reviews.csv", "--space", "space.yaml", "--config", "config.yaml", "--schema", "schema.yaml")
    done = project.run("search", *named, "--write", f"link-{read}", exits=2)
    assert f"link-{read} is the same file as" in done.stderr
    assert (project.root / read).read_text() == files[read]
    assert not list((project.root / ".searches").glob("2*"))


@pytest.mark.parametrize(
    "options",
    [
        ("--space", "space.yaml"),
        ("--engine", "hyperopt"),
        ("--engine", "optuna"),
        ("--algorithm", "random"),
        ("--family", "nb_linear"),
        ("--name", "second"),
        ("--space", "space.yaml", "--engine", "hyperopt"),
    ],
)
def test_what_was_settled_when_a_search_began_cannot_be_changed_by_going_on_with_it(project, searched, options):
    done = project.run("search", "--data", "sample", "--resume", "first", *options, exits=2)
    assert f"{' and '.join(options[::2])} found beside --resume first" in " ".join(done.stderr.split())


def test_mlflow_has_one_run_a_search_and_one_below_it_a_trial_with_its_true_status(project, searched):
    (parent,) = mlflow_runs(project, "search")
    trials = mlflow_runs(project, "trial")
    kept = {trial.number: trial for trial in read(project.root / ".searches" / "first.jsonl")[1]}
    assert sorted(int(run["tags"]["trial"]) for run in trials) == sorted(kept) == list(range(8))
    status = {"done": "FINISHED", "pruned": "KILLED", "failed": "FAILED"}
    for run in trials:
        trial = kept[int(run["tags"]["trial"])]
        assert run["tags"]["mlflow.parentRunId"] == parent["id"]
        assert run["status"] == status[trial.state]
        assert run["params"]["family"] == trial.candidate.family
        if trial.score is not None:
            assert run["metrics"]["cv_roc_auc"] == pytest.approx(trial.score)
            assert run["metrics"]["fold_roc_auc"] == pytest.approx(trial.folds[-1])
    assert parent["status"] == "FINISHED"
    best = max((t for t in kept.values() if t.state == "done"), key=lambda t: (t.score, -t.number))
    assert next(run["id"] for run in trials if run["tags"]["trial"] == str(best.number)) == parent["tags"]["best_trial"]


@pytest.mark.slow
def test_a_search_that_was_killed_is_gone_on_with_and_stays_one_run(project, searched):
    command = [sys.executable, "run.py", "search", "--data", "sample", "--space", "space.yaml", "--name", "killed"]
    process = subprocess.Popen(
        command, cwd=project.root, env=project.environment, stderr=subprocess.DEVNULL, start_new_session=True
    )
    journal = project.root / ".searches" / "killed.jsonl"
    while not journal.exists() or journal.read_bytes().count(b"\n") < 4:
        assert process.poll() is None
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    before = [trial.model_dump() for trial in read(journal)[1]]
    again = project.run("search", "--name", "killed", exits=2).stderr
    assert "`--resume killed` goes on with it" in again
    project.run("search", "--data", "sample", "--resume", "killed", "--no-promote")
    after = [trial.model_dump() for trial in read(journal)[1]]
    assert after[: len(before)] == before
    assert sorted(trial["number"] for trial in after) == list(range(8))
    parents = [run for run in mlflow_runs(project, "search") if run["tags"]["search"] == "killed"]
    assert len(parents) == 1
    below = [run for run in mlflow_runs(project, "trial") if run["tags"]["mlflow.parentRunId"] == parents[0]["id"]]
    assert sorted(int(run["tags"]["trial"]) for run in below) == list(range(8))
    first = read(project.root / ".searches" / "first.jsonl")[1]
    assert {t.number: t.folds for t in read(journal)[1]} == {t.number: t.folds for t in first}


def test_the_search_never_reads_a_test_row(project, searched):
    rows = list(csv.reader((ROOT / "data" / "sample_reviews.csv").open(encoding="utf-8", newline="")))
    header, body = rows[0], rows[1:]
    review, label = header.index("Review Text"), header.index("Recommended IND")
    with_text = [row for row in body if row[review].strip()]
    _, test = train_test_split(range(len(with_text)), test_size=0.2, random_state=0)
    for position in test:
        with_text[position][label] = str(1 - int(with_text[position][label]))
    betraying = project.root / "betraying.csv"
    with betraying.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *with_text])
    project.run(
        *("search", "--data", "betraying.csv", "--space", "space.yaml", "--name", "betrayed", "--trials", "3"),
        "--no-promote",
    )
    other = project.run("search", "--data", "sample", "--resume", "betrayed", exits=2).stderr
    assert "search betrayed was begun with other rows" in other
    honest = {trial.number: trial.folds for trial in read(project.root / ".searches" / "first.jsonl")[1]}
    for trial in read(project.root / ".searches" / "betrayed.jsonl")[1]:
        assert trial.folds == honest[trial.number]


@pytest.mark.parametrize(
    ("order", "said"),
    [
        (("--engine", "grid"), "engine 'grid' is not known"),
        (("--algorithm", "atpe"), "engine optuna has no algorithm 'atpe'"),
        (("--family", "bag_of_words"), "the space has no family bag_of_words"),
        (("--resume", "never"), "there is no search to go on with"),
        (("--name", "../up"), "as the name of a search"),
        (("--space", "none.yaml"), "none.yaml cannot be read"),
        (("--write", "no/where.yaml"), "there is no folder no"),
    ],
)
def test_what_cannot_be_searched_is_said_before_anything_begins(project, searched, order, said):
    assert said in project.run("search", "--data", "sample", *order, exits=2).stderr


@pytest.mark.slow
def test_a_file_without_ratings_is_learned_from_without_and_that_is_said(project, searched):
    with (ROOT / "data" / "sample_reviews.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    rating = rows[0].index("Rating")
    with (project.root / "unrated.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([*row[:rating], *row[rating + 1 :]] for row in rows)
    done = project.run("--data", "unrated.csv", "--only", "linear_blend", "--only", "bag_of_words")
    assert "unrated.csv has no ratings: learned from its labels alone: linear_blend." in done.stderr
    runs = mlflow_runs(project, "learned_from", "data")
    unrated = [run["tags"] for run in runs if run["tags"]["data"] == "unrated.csv"]
    learned = {tags["mlflow.runName"]: tags["learned_from"] for tags in unrated}
    assert learned == {"linear_blend": "labels", "bag_of_words": "labels"}
    assert "labels and ratings" in {run["tags"]["learned_from"] for run in runs}
