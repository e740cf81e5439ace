"""The project's own service in the background: put into service, swapped under load, killed, mended, stopped."""

from __future__ import annotations

import json
import os
import signal
import threading
from pathlib import Path

import pandas as pd
import psutil
import pytest
import requests

from sentiment.models.files import load_scorer
from sentiment.reviews.reading import read_reviews, with_text
from sentiment.service.answers import Answerer
from sentiment.tracking.registry.verification import model_files
from tests.conftest import ROOT

GOOD = "The fabric is soft and the fit is flattering."
SWAPPING = """
import sys
from commands import environment
environment.prepare(verbose=False)
from pipelines.launch import launch_deployment
swaps, *versions = sys.argv[1:]
for swap in range(int(swaps)):
    launch_deployment(versions[swap % 2], target="service", tell_steps=False)
"""


@pytest.fixture
def served(two_versions, versions):
    """The champion, in the project's own service."""
    current = two_versions.in_service()
    if current is None or (current.target, current.version) != ("service", versions["tfidf_linear"]):
        two_versions.run("deploy", "--to", "service")
    return two_versions


def service(project, exits=0):
    return project.json("service", exits=exits)


def folders(project):
    return [path for path in (project.home / "sentiment_service").glob("*/*") if path.is_dir()]


def test_it_answers_as_the_model_does_that_is_loaded_here(served, versions):
    shown = service(served)
    assert (shown["health"], shown["target"], shown["version"]) == ("healthy", "service", versions["tfidf_linear"])
    (asked,), (loaded,) = served.json("predict", GOOD), served.json("predict", "--local", GOOD)
    assert asked["probability"] == pytest.approx(loaded["probability"], abs=1e-6)
    assert asked["words"]
    assert len(served.json("predictions")) == 6  # the known answers, and the one review


@pytest.mark.parametrize("where", [[], pytest.param(["--local"], marks=pytest.mark.slow)])
def test_a_model_that_reads_titles_and_is_given_none_says_so(served, where):
    said = "The model reads titles as well, and was given none"
    assert said in served.run("predict", GOOD, *where).stderr
    assert said not in served.run("predict", GOOD, "--title", "Great", *where).stderr
    assert said not in served.run("--quiet", "predict", GOOD, *where).stderr


def test_deploying_again_changes_nothing(served):
    before = service(served)
    assert "in service already" in served.run("deploy", "--to", "service").stderr
    assert service(served) == before


@pytest.mark.parametrize("swaps", [2, pytest.param(20, marks=pytest.mark.slow)])
def test_no_request_fails_while_versions_are_swapped_and_each_is_answered_by_one_of_them(
    served, versions, swaps, tmp_path
):
    stop, asked, failed = threading.Event(), [], []
    (current,) = (served.home / "sentiment_service").glob("*.json")
    known = {}
    for version in versions.values():
        served.run("download", version, str(tmp_path / version))
        answerer = Answerer(load_scorer(model_files(tmp_path / version / "model")))
        known[version] = answerer.answer([GOOD], [""])[0].probability

    def load():
        while not stop.is_set():
            address = json.loads(current.read_text())["address"]
            answer = requests.get(f"{address}/predict", params={"review": GOOD}, timeout=30)
            if not answer.ok or answer.json()["probability"] != known.get(answer.json()["model_version"]):
                failed.append(answer.text)
            asked.append(answer.json().get("model_version"))

    worker = threading.Thread(target=load)
    worker.start()
    try:
        swapped = served.python("-c", SWAPPING, str(swaps), versions["bag_of_words"], versions["tfidf_linear"])
        assert swapped.returncode == 0, swapped.stderr
    finally:
        stop.set()
        worker.join()
    assert failed == []
    assert set(asked) == set(versions.values())
    assert len(folders(served)) == 1  # of each server that was stopped nothing is left


@pytest.mark.slow
def test_what_serves_is_said_where_it_is_not_the_champion(served, versions):
    other = versions["bag_of_words"]
    served.run("deploy", "--to", "service", "--version", other)
    said = f"Version {other} is in service, the champion is version {versions['tfidf_linear']}"
    for command in (
        ("service",),
        ("status",),
        ("archive", other, "--why", "tried"),
        ("archive", other, "--undo", "--why", "x"),
    ):
        assert said in served.run(*command).stderr
    served.run("deploy", "--to", "service")
    assert "is in service, the champion" not in served.run("service").stderr


def test_a_killed_service_is_reported_and_mended(served):
    before = service(served)
    os.kill(before["pid"], signal.SIGKILL)
    shown = service(served, exits=1)
    assert shown["health"] == "dead"
    served.run("deploy", "--to", "service")
    assert service(served)["health"] == "healthy"
    assert service(served)["pid"] != before["pid"]


def test_one_that_does_not_start_leaves_the_old_one_in_service(served, versions):
    before = service(served)
    done = served.python(
        "run.py", "deploy", "--to", "service", "--version", versions["bag_of_words"], PYTHONPATH=_broken(served)
    )
    assert done.returncode == 1
    assert "ended before it was healthy" in done.stderr
    assert "uvicorn is broken here" in done.stderr
    assert service(served) == before
    assert len(folders(served)) == 1


RUNS_AND_DEPLOYMENTS = """
from zenml.client import Client
client = Client()
print("SAID", client.list_pipeline_runs().total, [(one.name, one.status) for one in client.list_deployments()])
"""


def runs_and_deployments(project):
    return project.python("-c", RUNS_AND_DEPLOYMENTS).stdout.rpartition("SAID ")[2]


@pytest.mark.slow
def test_zenmls_deployer_holds_the_same_service_whose_requests_make_no_run(served):
    before = service(served)
    served.run("deploy", "--to", "zenml")
    shown = service(served)
    assert (shown["health"], shown["target"]) == ("healthy", "zenml")
    assert not psutil.pid_exists(before["pid"])
    runs = runs_and_deployments(served)
    assert f"'customer-sentiment-analysis-{shown['version']}-" in runs
    assert "'running'" in runs
    (loaded,) = served.json("predict", "--local", GOOD)
    for _ in range(50):
        answer = requests.get(shown["address"].replace("invocations", "predict"), params={"review": GOOD}, timeout=30)
        assert answer.json()["probability"] == pytest.approx(loaded["probability"], abs=1e-6)
    assert runs_and_deployments(served) == runs
    assert "Listening on" in served.run("service", "logs").stdout
    process = psutil.Process(shown["pid"])
    assert "serve" in process.cmdline()
    assert not [name for name in process.environ() if name.startswith(("ZENML_STORE_", "ZENML_SECRETS_STORE_"))]

    done = served.python("run.py", "service", "restart", PYTHONPATH=_broken(served))
    assert done.returncode == 1
    assert "uvicorn is broken here" in done.stderr
    assert service(served) == shown
    assert runs_and_deployments(served).count("'customer-sentiment-analysis-") == 1

    os.kill(shown["pid"], signal.SIGKILL)
    assert service(served, exits=1)["health"] == "dead"
    served.run("deploy", "--to", "service")
    assert service(served)["target"] == "service"
    assert not list((served.home / "deployments").glob("*"))
    assert runs_and_deployments(served).endswith(" []\n")
    assert list((served.home / "sentiment_service").glob("*.zenml/*")) == []


@pytest.fixture(scope="module")
def thousand():
    """A thousand reviews and their titles: real ones where REVIEWS_CSV says where they are."""
    rows = with_text(read_reviews(Path(os.environ.get("REVIEWS_CSV") or ROOT / "data" / "sample_reviews.csv")))
    rows = rows.sample(1_000, random_state=0)
    return [" ".join(text.split()) for text in rows["review"]], rows["title"].tolist()


def test_every_way_of_asking_gives_the_same_answers_and_mlflows_server_takes_over(served, thousand, tmp_path):
    reviews, titles = thousand
    address = served.in_service().address
    pairs = [{"review": review, "title": title} for review, title in zip(reviews, titles, strict=True)]
    session, found = requests.Session(), {}

    def posted(path, body):
        return session.post(address + path, json=body, timeout=60).json()

    together = posted("/predict", {"reviews": pairs})["predictions"]
    expected = pytest.approx([one["probability"] for one in together], abs=1e-6)
    found["GET"] = [session.get(f"{address}/predict", params=pair, timeout=60).json() for pair in pairs]
    found["POST"] = [posted("/predict", pair) for pair in pairs]
    split = {"columns": ["title", "review"], "data": [[title, review] for review, title in zip(*thousand, strict=True)]}
    for body in (
        {"dataframe_records": pairs},
        {"dataframe_split": split},
        {"instances": pairs},
        {"inputs": {"review": reviews, "title": titles}},
    ):
        found[next(iter(body))] = posted("/invocations", body)["predictions"]

    untitled = [one["probability"] for one in posted("/predict", {"reviews": reviews})["predictions"]]
    (tmp_path / "lines.txt").write_text("".join(f"{review}\n" for review in reviews), encoding="utf-8")
    local = served.json("predict", "--local", "--words", "0", "--file", str(tmp_path / "lines.txt"))
    assert [one["probability"] for one in local] == pytest.approx(untitled, abs=1e-6)

    columns = {"Review Text": reviews, "Title": titles}
    pd.DataFrame(columns).to_csv(tmp_path / "in.csv", index=False)
    served.run("score", str(tmp_path / "in.csv"), str(tmp_path / "out.csv"))
    assert pd.read_csv(tmp_path / "out.csv")["probability"].tolist() == expected

    before = service(served)
    served.run("deploy", "--to", "mlflow")
    assert service(served)["target"] == "mlflow"
    assert not psutil.pid_exists(before["pid"])
    assert folders(served) == []
    body = {"dataframe_records": pairs}
    found["MLflow"] = requests.post(service(served)["address"], json=body, timeout=60).json()["predictions"]
    for way, answers in found.items():
        assert [one["probability"] for one in answers] == expected, way
        assert [one["recommended"] for one in answers] == [one["recommended"] for one in together], way
    served.run("service", "stop")
    assert service(served, exits=1) == {"health": "none"}


def _broken(project):
    """Give a folder whose uvicorn cannot be imported: a server that fails while it starts."""
    folder = project.root / "broken"
    folder.mkdir(exist_ok=True)
    (folder / "uvicorn.py").write_text("raise RuntimeError('uvicorn is broken here')\n")
    return str(folder)
