"""A real server process, asked over real HTTP, swapped, killed and mended."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import requests

from commands.project import TRAINING_CONFIG
from sentiment.reviews.reading import documents, read_reviews, with_text
from sentiment.reviews.splits import split_reviews
from sentiment.service.client import ask
from sentiment.training.candidates import load_training_config
from tests.conftest import ROOT

GOOD = "The fabric is soft and the fit is flattering."
JSON = "application/json"


SWAPS = """
import sys
from commands import environment
environment.prepare(verbose=False)
from pipelines.launch import launch_deployment
for swap in range(int(sys.argv[1])):
    launch_deployment(sys.argv[2 + swap % 2], tell_steps=False)
"""


@pytest.fixture
def served(two_versions, versions):
    """The champion, in service."""
    current = two_versions.in_service()
    if current is None or current.version != versions["tfidf_linear"]:
        two_versions.run("deploy")
    return two_versions


@pytest.fixture(scope="module")
def expected(two_versions):
    """What the champion says of `GOOD` when it is loaded here."""
    return two_versions.json("predict", "--local", GOOD)[0]


def service(project):
    done = project.python("run.py", "service", "--json")
    return json.loads(done.stdout), done.returncode


def current_file(project):
    return next(iter(project.home.joinpath("sentiment_service").glob("*.json")))


def post(project, payload):
    return requests.post(project.in_service().prediction_url, json=payload, timeout=30)


def test_nothing_in_service_is_said_and_exits_1(fresh):
    assert "Nothing is in service" in fresh.run("service", exits=1).stdout
    assert "nothing is in service" in fresh.run("predict", "nice", exits=1).stderr


def test_deploying_puts_the_champion_into_service_and_zenml_agrees(served, versions):
    shown, code = service(served)
    assert (shown["health"], shown["version"], code) == ("healthy", versions["tfidf_linear"], 0)
    assert shown["name"] == "tfidf_linear (sample)"
    listed = subprocess.run(
        [Path(sys.executable).parent / "zenml", "model-deployer", "models", "list"],
        cwd=served.root,
        env={**served.environment, "COLUMNS": "300"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert listed.returncode == 0, listed.stderr
    assert (listed.stdout + listed.stderr).count("✅") == 1, listed


def test_deploying_again_changes_nothing(served):
    before, _ = service(served)
    assert "in service already" in served.run("deploy").stderr
    assert service(served)[0] == before


@pytest.mark.parametrize(
    "payload",
    [
        {"inputs": {"review": [GOOD]}},
        {"inputs": {"review": [GOOD], "title": [""]}},
        {"inputs": [{"review": GOOD}]},
        {"dataframe_split": {"columns": ["review"], "data": [[GOOD]]}},
        {"dataframe_split": {"columns": ["title", "review"], "data": [["", GOOD]]}},
        {"dataframe_records": [{"review": GOOD}]},
        {"dataframe_records": [{"review": GOOD, "title": None}]},
        {"instances": [{"review": GOOD}]},
        {"instances": [{"review": GOOD, "title": ""}]},
    ],
)
def test_every_format_of_mlflow_is_answered_alike(served, expected, payload):
    answer = post(served, payload)
    assert answer.status_code == 200
    assert answer.json()["predictions"][0]["probability"] == pytest.approx(expected["probability"], abs=1e-6)


@pytest.mark.parametrize("text", ["😍😍 💕", "القماش ناعم جدا", "a\u202eb", "x" * 90_000])
def test_any_text_is_answered(served, text):
    answer = post(served, {"dataframe_records": [{"review": text}]})
    assert answer.status_code == 200
    assert 0 <= answer.json()["predictions"][0]["probability"] <= 1


@pytest.mark.parametrize(
    "record",
    [
        {"review": None},
        {"review": 3},
        {"review": 3.5},
        {"review": True},
        {"review": ["a", "list"]},
        {"review": {"a": "dict"}},
        {"review": ""},
        {"review": "  \n"},
        {"title": "no review at all"},
        {"review": "fine", "title": 3},
    ],
)
def test_what_is_no_review_is_refused_with_a_4xx(served, record):
    assert 400 <= post(served, {"dataframe_records": [record]}).status_code < 500


@pytest.mark.parametrize(
    ("kind", "body", "status", "said"),
    [
        (JSON, b'{"inputs": {"review": ["' + b"x" * 10_000_000 + b'"]}}', 413, "the body has over"),
        (JSON, b'{"inputs": ' + b"[" * 1_000 + b"]" * 1_000 + b"}", 400, "levels of objects and lists"),
        (JSON, b'{"inputs": ' + b'{"a":' * 50_000 + b"1" + b"}" * 50_001, 400, "levels of objects and lists"),
        (JSON, b'{"instances": ["ZQWX"', 400, "the body is not JSON"),
        (JSON, b'{"instances": ["\xff ZQWX"]}', 400, "the body is not JSON"),
        (JSON, json.dumps({"instances": ["ZQWX"] * 1_001}).encode(), 400, "1,001 reviews found; at most 1,000"),
        (JSON, json.dumps({"instances": ["ZQWX" * 50_000]}).encode(), 400, "a text has over 100,000 characters"),
        (JSON, b'{"instances": ["ZQWX"], "params": {"words": -1}}', 400, "'words' is none of 0 to"),
        (JSON, b"[]", 400, "Expected `object`"),
        (JSON, b"{}", 400, "one of 'dataframe_split'"),
        ("text/csv", b'review\n"ZQWX', 415, "the type of content must be application/json"),
        ("text/csv", b"review\nNA\n", 415, "the type of content must be application/json"),
        ("application/vnd.apache.parquet", b"PAR1", 415, "the type of content must be application/json"),
        ("text/plain", b"ZQWX", 415, "the type of content must be application/json"),
    ],
)
def test_what_is_over_a_limit_is_refused_in_a_sentence_that_repeats_nothing(served, kind, body, status, said):
    address = served.in_service().prediction_url
    answer = requests.post(address, data=body, headers={"Content-Type": kind}, timeout=30)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, JSON)
    assert said in answer.json()["message"]
    assert len(answer.content) < 500
    assert b"ZQWX" not in answer.content
    assert b"Traceback" not in answer.content
    assert post(served, {"instances": [GOOD]}).ok


@pytest.mark.parametrize("path", ["docs", "openapi.json", "redoc", "", "invocations/"])
def test_paths_that_are_no_part_of_the_service_are_closed(served, path):
    assert requests.get(f"{served.in_service().address}/{path}", timeout=30).status_code == 404


def test_a_text_that_looks_like_nothing_is_a_text(served):
    found = post(served, {"dataframe_split": {"columns": ["review"], "data": [["NA"], ["null"], ["nan"]]}})
    assert [one["known_words"] for one in found.json()["predictions"]] == [0, 0, 0]


def test_a_limit_that_there_is_not_is_refused_before_a_server_starts(served):
    before = service(served)
    done = served.python("run.py", "service", "restart", SENTIMENT_LIMITS="revews=5")
    assert (done.returncode, "'revews=5' is no limit" in done.stderr) == (2, True)
    assert service(served) == before


def test_one_bad_row_among_good_ones_is_named(served):
    answer = post(served, {"dataframe_records": [{"review": GOOD}, {"review": ""}]})
    assert answer.status_code == 400
    assert "row 1: the review has no text" in answer.json()["message"]


def test_predicting_shows_verdict_words_and_version(served, expected, versions):
    answer = served.json("predict", GOOD)[0]
    assert answer["recommended"] is True
    assert answer["version"] == versions["tfidf_linear"]
    assert len(answer["words"]) == 5
    assert [word for word, _ in answer["words"]] == [word for word, _ in expected["words"]]
    (served.root / "lines.txt").write_text(f"{GOOD}\nIt fell apart after one wash.\n", encoding="utf-8")
    assert len(served.json("predict", "--file", "lines.txt")) == 2


def test_a_file_of_reviews_is_read_as_people_write_them(served, expected, tmp_path):
    path = tmp_path / "reviews.txt"
    path.write_bytes(b"\xef\xbb\xbf" + f"{GOOD}\r\n{GOOD}\n".encode())
    found = served.json("predict", "--file", str(path))
    assert [one["review"] for one in found] == [GOOD, GOOD]
    assert [one["probability"] for one in found] == pytest.approx([expected["probability"]] * 2, abs=1e-6)


def test_more_reviews_than_a_request_holds_are_answered_in_their_order(served, tmp_path):
    path = tmp_path / "reviews.txt"
    path.write_text("".join(f"review {number}\n" for number in range(2_100)))
    found = served.json("predict", "--file", str(path), "--words", "0")
    assert [one["review"] for one in found] == [f"review {number}" for number in range(2_100)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"nice\n\nlovely\n", "line 2: the review has no text"),
        (b"nice\ncaf\xe9 fit\n", "line 2: byte 0xe9 is not UTF-8"),
    ],
)
def test_a_line_that_is_no_review_is_named_from_1(fresh, tmp_path, content, said):
    path = tmp_path / "reviews.txt"
    path.write_bytes(content)
    assert said in fresh.run("predict", "--file", str(path), exits=2).stderr


def test_a_title_that_is_too_long_is_said_of_the_first_line(fresh, tmp_path):
    path = tmp_path / "reviews.txt"
    path.write_text("nice\n")
    said = fresh.run("predict", "--file", str(path), "--title", "x" * 100_001, exits=2).stderr
    assert f"{path}: line 1: a text has over 100,000 characters" in said


def test_an_empty_review_is_named_from_1_too(fresh):
    assert "Error: review 2: the review has no text" in fresh.run("predict", "nice", " ", exits=2).stderr


@pytest.mark.slow
def test_what_is_served_equals_what_was_trained_for_every_row_and_version(two_versions, versions):
    rows = split_reviews(with_text(read_reviews(ROOT / "data" / "sample_reviews.csv")), validation_share=0.1, seed=0)
    same_as_trained(two_versions, versions, rows.test)


def same_as_trained(project, versions, rows):
    """Compare the probabilities of a server of each version with those of ZenML's artifact of the training run."""
    reviews, titles = rows["review"].tolist(), rows["title"].tolist()
    (project.root / "documents.json").write_text(json.dumps(documents(rows)), encoding="utf-8")
    for name, version in versions.items():
        deployed = project.json("deploy", "--version", version)
        served = ask(deployed["address"].removesuffix("/invocations"), reviews, titles)
        asked = project.python(
            "-c",
            """
import json, sys
from zenml.client import Client
documents = json.load(open("documents.json", encoding="utf-8"))
found = [v for v in Client().list_model_versions(model="customer-sentiment-analysis", size=100)
         if v.name.startswith(f"mlflow-{sys.argv[1]}-")]
print("ANSWERS" + json.dumps(found[0].get_artifact("model").load().predict_proba(documents).tolist()))
""",
            version,
        )
        expected = json.loads(asked.stdout.rpartition("ANSWERS")[2])
        assert len(served) == len(rows)
        assert [prediction.probability for prediction in served] == pytest.approx(expected, abs=1e-6), name


@pytest.mark.slow
@pytest.mark.real_data
def test_every_family_serves_what_it_was_trained_to_on_all_test_rows(real_project, real_csv):
    versions = {version["tags"]["candidate"]: version["version"] for version in real_project.json("registry")}
    trained = load_training_config(TRAINING_CONFIG).candidates
    assert versions.keys() == {candidate.name for candidate in trained}
    rows = split_reviews(with_text(read_reviews(real_csv)), validation_share=0.1, seed=0).test
    assert len(rows) == 4529
    try:
        same_as_trained(real_project, versions, rows)
    finally:
        real_project.run("service", "stop")


@pytest.mark.slow
@pytest.mark.parametrize("swaps", [10])
def test_swaps_under_load_lose_no_request(served, versions, swaps):
    failed, asked, stop = [], [], threading.Event()
    address = current_file(served)

    def load():
        due = time.monotonic()
        while not stop.is_set():
            current = json.loads(address.read_text(encoding="utf-8"))
            try:
                found = requests.post(
                    f"{current['address']}/invocations", json={"inputs": {"review": [GOOD]}}, timeout=30
                )
                (asked if found.ok else failed).append(current["version"])
            except requests.RequestException as error:
                failed.append(error)
            due += 1 / 20
            time.sleep(max(0, due - time.monotonic()))

    worker = threading.Thread(target=load)
    worker.start()
    try:
        swapped = served.python("-c", SWAPS, str(swaps), versions["bag_of_words"], versions["tfidf_linear"])
        assert swapped.returncode == 0, swapped.stderr
    finally:
        stop.set()
        worker.join()
    assert failed == []
    assert set(asked) == set(versions.values())
    assert len(asked) > 50 * swaps


def test_a_killed_server_is_reported_and_mended_and_a_stranger_that_has_its_number_is_left_alone(served):
    before, _ = service(served)
    os.kill(before["pid"], signal.SIGKILL)
    time.sleep(1)
    shown, code = service(served)
    assert (shown["health"], code) == ("dead", 1)
    assert "python run.py deploy" in served.run("predict", GOOD, exits=1).stderr
    bystander = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    try:
        for path in (Path(before["log_file"]).with_name("service.pid"), current_file(served)):
            path.write_text(path.read_text(encoding="utf-8").replace(str(before["pid"]), str(bystander.pid)))
        assert service(served)[0]["health"] == "dead"
        served.run("deploy")
        assert service(served)[0]["health"] == "healthy"
        assert service(served)[0]["pid"] not in (before["pid"], bystander.pid)
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


@pytest.mark.slow
def test_a_proxy_is_not_asked_for_servers_of_this_machine(served):
    proxy = dict.fromkeys(("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy"), "http://127.0.0.1:9")
    shown = served.python("run.py", "service", "--json", **proxy)
    assert json.loads(shown.stdout)["health"] == "healthy"
    started = time.monotonic()
    done = served.python("run.py", "service", "restart", **proxy)
    assert done.returncode == 0, done.stderr
    assert time.monotonic() - started < 110  # it gives up on a server after 120 s
    assert served.python("run.py", "predict", GOOD, **proxy).returncode == 0


@pytest.mark.slow
def test_restart_replaces_the_server_of_the_same_version(served):
    before, _ = service(served)
    served.run("service", "restart")
    after, _ = service(served)
    assert after["health"] == "healthy"
    assert (after["version"], after["pid"] != before["pid"]) == (before["version"], True)
    assert "Uvicorn running" in served.run("service", "logs").stdout


@pytest.mark.slow
def test_a_server_that_does_not_start_leaves_the_old_one_and_shows_its_log(served, versions):
    before, _ = service(served)
    done = subprocess.run(
        [sys.executable, "run.py", "deploy", "--version", versions["bag_of_words"]],
        cwd=served.root,
        env={**served.environment, "UVICORN_LOG_LEVEL": "nonsense"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "last log lines" in done.stderr
    assert "nonsense" in done.stderr
    assert service(served) == (before, 0)


@pytest.mark.slow
def test_a_server_that_answers_otherwise_than_the_model_did_is_not_put_into_service(served, versions):
    before, _ = service(served)
    served.python(
        "-c",
        """
import json, sys
from mlflow import MlflowClient
from steps.shared.tracking import run_store
client = MlflowClient(run_store().tracking_uri)
name = "customer-sentiment-analysis"
known = json.loads(client.get_model_version(name, sys.argv[1]).tags["known_answers"])
known[0]["probability"] = 0.123
client.set_model_version_tag(name, sys.argv[1], "known_answers", json.dumps(known))
""",
        versions["bag_of_words"],
    )
    done = served.run("deploy", "--version", versions["bag_of_words"], exits=1)
    assert "0.123000 expected" in done.stderr
    assert service(served) == (before, 0)


@pytest.mark.slow
def test_a_taken_port_is_passed_over(served):
    taken = int(service(served)[0]["address"].split(":")[2].split("/")[0])
    served.run("service", "stop")
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", taken))
        other.listen()
        served.run("deploy")
        assert f":{taken}/" not in service(served)[0]["address"]
        assert service(served)[0]["health"] == "healthy"


@pytest.mark.slow
def test_a_request_in_flight_is_finished_when_the_service_is_stopped(served):
    roomy = "reviews=100000000 body_bytes=4000000000 seconds=600"
    restarted = served.python("run.py", "service", "restart", SENTIMENT_LIMITS=roomy)
    assert restarted.returncode == 0, restarted.stderr
    current, _ = service(served)

    def ask_about(count):
        body = json.dumps({"inputs": {"review": [f"{GOOD} {number}" for number in range(count)]}})
        headers = {"Content-Type": JSON}
        return requests.post(current["address"], data=body, headers=headers, timeout=120)

    few = 20_000
    started = time.perf_counter()
    ask_about(few)
    # A few seconds of work, far below what the server takes to end; on a busy machine it may become several times that.
    many = int(few * 3 / (time.perf_counter() - started))
    answers = []
    asking = threading.Thread(target=lambda: answers.append(ask_about(many)))
    asking.start()
    time.sleep(1.0)
    assert answers == []
    os.kill(current["pid"], signal.SIGTERM)
    asking.join()
    assert answers[0].status_code == 200
    assert len(answers[0].json()["predictions"]) == many
    assert service(served)[1] == 1
