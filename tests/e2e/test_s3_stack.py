"""The stack s3 as its users have it: a real moto server behind a proxy that is busy or slow, and what goes wrong."""

from __future__ import annotations

import base64
import json
import os
import re
import resource
import signal
import socket
import subprocess
import sys
import time
from itertools import takewhile

import boto3
import psutil
import pytest
import requests
from mlflow import MlflowClient
from mlflow.entities import LoggedModelStatus

from sentiment.tracking import EXPERIMENT
from sentiment.tracking.registry.store import Registry
from steps.shared.zenml_overrides import S3_FOLDERS
from tests.another_release import released
from tests.conftest import ROOT
from tests.stores.proxy import NO_ANSWER, never_an_answer, no_trouble, one_in_ten, proxy_before

QUICK = ("--only", "bag_of_words", "--only", "tfidf_linear")
PATIENCE = 15  # seconds, from the start of the command to its message
KEY = """
import json
from stack_config import secrets
print("KEY" + json.dumps(secrets.recall("sentiment-s3")))
"""
OTHER_KEY = """
from stack_config import secrets
secrets.remember("sentiment-s3", {"s3_secret": "SECRET"})
"""


@pytest.fixture(scope="module")
def s3(project):
    """A project whose S3 server runs."""
    project.run("stack", "up", "s3")
    yield project
    project.run("stack", "down", "s3")
    assert not _state_file(project).exists()


def _state_file(project):
    return project.home / "sentiment_s3" / "state.json"


def state(project):
    return json.loads(_state_file(project).read_text())


def tracked_at(project):
    """The database with runs and versions."""
    return f"sqlite:///{project.home / 'sentiment_s3' / state(project)['bucket']}.db"


def registered(project):
    """The model of each version."""
    return {version.version: version.model_uri for version in Registry(tracked_at(project)).versions()}


def ask_at(project, address):
    """Have the stack ask for objects at an address; gives what the command said."""
    return project.python("run.py", "stack", "set-up", "s3", "--set", f"S3_ENDPOINT={address}")


@pytest.fixture(scope="module")
def proxy(s3):
    """What the stack asks instead of the server."""
    with proxy_before(state(s3)["port"]) as proxy:
        assert ask_at(s3, proxy.address).returncode == 0
        yield proxy


@pytest.fixture(scope="module")
def killed(s3, proxy):
    """A first training that was killed while a file of its first model was on its way; gives what was registered."""
    proxy.trouble = lambda asked: (
        NO_ANSWER if asked.method == "PUT" and asked.path.endswith("classifier.skops") else None
    )
    process = subprocess.Popen(
        [sys.executable, "run.py", *QUICK],
        cwd=s3.root,
        env=s3.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + 60
        while not proxy.troubled:
            assert process.poll() is None and time.monotonic() < deadline
            time.sleep(0.05)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        proxy.trouble = no_trouble
    return registered(s3)


@pytest.fixture(scope="module")
def trained(s3, proxy, killed):
    """The same again, while one request in ten was answered with 503 or late."""
    proxy.forget()
    proxy.trouble = one_in_ten(seconds=0.4)
    try:
        return s3.run(*QUICK)
    finally:
        proxy.trouble = no_trouble


@pytest.fixture(scope="module")
def key(s3):
    return json.loads(s3.python("-c", KEY).stdout.rpartition("KEY")[2])


@pytest.fixture(scope="module")
def bucket(s3, key):
    """The bucket, as somebody sees it who has the account."""
    account = {"aws_access_key_id": key["s3_key"], "aws_secret_access_key": key["s3_secret"]}
    address = f"http://127.0.0.1:{state(s3)['port']}"
    return boto3.resource("s3", endpoint_url=address, region_name="us-east-1", **account).Bucket(state(s3)["bucket"])


def test_it_is_up_once_and_the_second_time_changes_nothing(s3):
    before = state(s3)
    again = s3.run("stack", "up", "s3")
    assert "runs already; nothing to change" in again.stdout
    assert "for trying it out" in again.stdout
    assert state(s3) == before


@pytest.mark.slow
def test_a_store_that_is_busy_or_slow_now_and_then_fails_no_training(s3, proxy, trained, bucket):
    assert len(proxy.troubled) >= 10
    assert {type(trouble) for _, trouble in proxy.troubled} == {str, float}
    assert "Version 2 is the champion now" in trained.stdout
    folders = {re.sub("[^/]*$", "", stored.key).split("/")[1] for stored in bucket.objects.all()}
    assert {"mlflow", "reviews", "tfidf_linear", "gate"} <= folders  # models, files of runs, reviews, records
    assert not list(s3.home.rglob("*.skops"))


def test_a_model_is_kept_with_less_than_twenty_requests_in_both_places_together(s3, proxy, trained):
    asked = proxy.passed_on()
    tracked = [one for one in asked if "/mlflow/models/" in one.path and one.method == "PUT"]
    files, beside = {"bag_of_words": 4, "tfidf_linear": 3}, 6  # and what MLflow writes of any model
    assert len(tracked) == sum(files.values()) + len(files) * beside  # a request a file
    for candidate, written in files.items():
        of_zenml = list(takewhile(_loads_no_file, [one for one in asked if f"/{candidate}/model/" in one.path]))
        # A request a file, one for the record, two that look whether the place is free, and whoever loads it first.
        assert len(of_zenml) == written + 1 + 2 + 1, of_zenml
        assert len(of_zenml) + written + beside <= 20
    assert len([one for one in asked if one.method == "HEAD" and one.path.count("/") == 1]) <= 1  # is the bucket there?


def test_an_upload_that_is_killed_leaves_nothing_to_promote(s3, killed, trained):
    assert killed == {}
    store = MlflowClient(tracked_at(s3))
    models = store.search_logged_models([store.get_experiment_by_name(EXPERIMENT).experiment_id])
    unfinished = {f"models:/{model.model_id}" for model in models if model.status != LoggedModelStatus.READY}
    assert len(unfinished) == 1
    assert len(registered(s3)) == 2
    assert unfinished.isdisjoint(registered(s3).values())


def _loads_no_file(asked):
    return asked.method != "GET" or "list-type" in asked.path


def test_what_is_trained_there_is_promoted_scored_and_taken_home(s3, proxy, trained, tmp_path):
    assert s3.json("promote", "1", "--force", "a try")["forced"] == "a try"
    s3.run("score", "data/sample_reviews.csv", str(tmp_path / "scored.csv"))
    assert (tmp_path / "scored.csv").read_text(encoding="utf-8").count("\n") > 2900
    s3.run("download", "champion", str(tmp_path / "model"))
    assert (tmp_path / "model" / "vocabulary.txt").is_file()


@pytest.mark.parametrize("how", ["removed", "changed"])
def test_another_release_of_zenml_without_what_is_overridden_trains_and_says_once_what_is_lost(s3, trained, how):
    done = s3.python(*released(how, S3_FOLDERS), "run.py", "--verbose", *QUICK)
    assert done.returncode == 0, done.stderr
    assert f"{done.stdout}{done.stderr}".count(f"Not used: {S3_FOLDERS.name}") == 1


@pytest.mark.slow
def test_a_model_is_served_without_the_account(s3, trained, key):
    served = s3.json("deploy", "--to", "service")
    try:
        (answer,) = s3.json("predict", "It is not soft, I sent it back.")
        assert answer["version"] == served["version"]
        environment = str(psutil.Process(served["pid"]).environ())
        assert key["s3_secret"] not in environment
    finally:
        s3.run("service", "stop")


def test_nobody_gets_in_without_the_account_or_from_a_web_page(s3, trained, bucket):
    server = f"http://127.0.0.1:{state(s3)['port']}"
    there = f"{server}/{bucket.name}/zenml"
    for address in (there, f"{server}/moto-api/data.json", f"{server}/moto-api/reset"):
        assert requests.get(address, timeout=10).status_code == 403
    evil = {"Origin": "https://evil.example"}, {"Host": f"evil.example:{state(s3)['port']}"}
    for headers in evil:
        answer = requests.get(there, headers=headers, timeout=10)
        assert answer.status_code == 403
        assert "Access-Control-Allow-Origin" not in answer.headers
    assert requests.post(f"{server}/moto-api/reset", timeout=10).status_code == 403
    assert list(bucket.objects.limit(1))


def test_the_account_is_in_no_file_argument_or_environment(s3, trained, key):
    forms = [form for word in key.values() for form in (word.encode(), base64.b64encode(word.encode())[:-4])]
    for folder in (s3.root, s3.home):
        for path in folder.rglob("*"):
            if path.is_file():
                content = path.read_bytes()
                assert not any(form in content for form in forms), path
    server = psutil.Process(state(s3)["moto"]["pid"])
    shown = " ".join(server.cmdline()) + str(server.environ())
    assert not any(word in shown for word in key.values())
    assert not any(word in trained.stdout + trained.stderr for word in key.values())
    assert {connection.laddr.ip for connection in server.net_connections() if connection.status == "LISTEN"} == {
        "127.0.0.1"
    }


def processor_time():
    """Give the seconds of processor that the commands which ended so far had."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def slowness():
    """Give how many times its seconds of processor a command takes now that waits for nothing else."""
    started, computed = time.monotonic(), processor_time()
    subprocess.run([sys.executable, "-c", "import mlflow"], check=True)
    return (time.monotonic() - started) / (processor_time() - computed)


def refused(project, *command):
    """Give what a command said that ended with exit code 1, and that it did not wait beyond patience.

    What it computes is not counted, with the time in which others had the processor: that tells nothing of the store.
    """
    started, computed = time.monotonic(), processor_time()
    said = project.run(*command, exits=1).stderr
    took, used = time.monotonic() - started, processor_time() - computed
    assert took - used * slowness() < PATIENCE, said
    assert "Traceback" not in said
    assert len(re.findall("^Error: ", said, flags=re.MULTILINE)) == 1
    return said


def test_an_account_that_is_not_taken_is_said_at_once(s3, trained, key):
    try:
        s3.python("-c", OTHER_KEY.replace("SECRET", "x" * 40))
        said = refused(s3, *QUICK)
        assert "does not take the key (SignatureDoesNotMatch)" in said
        assert "`zenml secret update sentiment-s3 -i`" in said
        (store,) = [one for one in s3.json("stack", "status")["components"] if one["kind"] == "artifact_store"]
        assert (store["answers"], store["detail"]) == (False, "does not take the key (SignatureDoesNotMatch)")
    finally:
        s3.python("-c", OTHER_KEY.replace("SECRET", key["s3_secret"]))


@pytest.mark.slow
def test_an_address_where_nobody_is_or_nobody_answers_is_said_in_time(s3, proxy, trained):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and does not listen
        nobody = f"http://127.0.0.1:{taken.getsockname()[1]}"
        try:
            said = ask_at(s3, nobody)
            assert said.returncode == 1
            assert f"the object store at {nobody} does not answer (EndpointConnectionError)" in said.stderr
            said = refused(s3, "promote", "1")
            assert f"at {nobody} does not answer" in said
            assert "`python run.py stack up s3`" in said
        finally:
            ask_at(s3, proxy.address)
    proxy.trouble = never_an_answer
    try:
        assert "does not answer (ReadTimeoutError)" in refused(s3, *QUICK)
    finally:
        proxy.trouble = no_trouble


def test_a_changed_object_is_refused_before_anything_is_loaded(s3, trained, bucket, tmp_path):
    registry = Registry(tracked_at(s3))
    model = registry.version("champion").model_uri.removeprefix("models:/")
    changed = bucket.Object(f"zenml/mlflow/models/{model}/artifacts/data/files/vectorizer.txt")
    before = changed.get()["Body"].read()
    changed.put(Body=before.replace(b"a", b"b", 1))
    try:
        for command in (
            ("download", "champion", str(tmp_path / "model")),
            ("score", "data/sample_reviews.csv", str(tmp_path / "scored.csv")),
        ):
            said = refused(s3, *command)
            assert "data/files/vectorizer.txt was changed" in said
        assert not (tmp_path / "model").exists()
    finally:
        changed.put(Body=before)


@pytest.mark.slow
def test_down_ends_it_with_all_that_was_trained_and_up_begins_anew(s3, trained):
    before = state(s3)
    said = s3.run("stack", "down", "s3").stdout
    assert f"what was in bucket {before['bucket']} is gone" in said
    assert not psutil.pid_exists(before["moto"]["pid"])
    s3.run("stack", "up", "s3")
    assert state(s3)["bucket"] != before["bucket"]
    assert registered(s3) == {}
    assert "no longer in the artifact store" in s3.run("report", exits=2).stderr
    again = s3.run("--only", "bag_of_words")
    assert "(cached)" not in again.stdout  # what the cache knows is gone with the bucket


def test_without_the_extra_it_says_what_brings_it(fresh):
    code = """
import sys
sys.modules["moto"] = None
sys.argv = ["run.py", "stack", "up", "s3"]
from commands.root import root
root()
"""
    done = fresh.python("-c", code)
    assert done.returncode == 2
    assert "the S3 server needs moto, which is not installed: `make install-s3`" in done.stderr
    assert not (fresh.home / "sentiment_s3").exists()


@pytest.mark.parametrize("place", ["docs/stacks.md", "stack_config/s3.yaml"])
def test_the_documents_say_that_it_forgets(place):
    text = re.sub(r"[\s#]+", " ", (ROOT / place).read_text(encoding="utf-8"))
    assert "stack up s3" in text
    assert "for trying it out" in text
    assert "what is in it is gone when it is stopped" in text
