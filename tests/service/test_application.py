"""What the project's own service answers and refuses, asked over HTTP."""

from __future__ import annotations

import json
import socket
from contextlib import ExitStack
from urllib.parse import urlsplit

import psutil
import pytest
import requests

from sentiment.models.known_words import reads_titles
from sentiment.models.pair_scorer import scorer_of
from sentiment.monitoring.limits import requests_of
from sentiment.service.answers import Answerer
from sentiment.service.client import ask, is_healthy
from sentiment.service.predictions import read_log
from tests.service.conftest import PATIENCE, wait_until

REVIEWS = ["The fabric is soft and it fits like a dream.", "It is NOT soft, I sent it back.", "zxqv qwop"]
TOKEN = "a-token-that-nobody-guesses"


@pytest.fixture
def service(start):
    return start()


@pytest.fixture(scope="module")
def expected(model):
    return Answerer(scorer_of(model)).answer(REVIEWS, ["", "", ""])


def test_every_route_gives_the_answer_of_the_model(service, expected):
    several = service.post("/predict", {"reviews": [REVIEWS[0], {"review": REVIEWS[1]}, {"review": REVIEWS[2]}]}).json()
    for number, (review, answer) in enumerate(zip(REVIEWS, expected, strict=True)):
        alone = service.get("/predict", review=review).json()
        posted = service.post("/predict", {"review": review, "title": None}).json()
        for found in (alone, posted, several["predictions"][number]):
            assert found["probability"] == pytest.approx(answer.probability, abs=1e-9)
            assert found["recommended"] is answer.recommended
            assert found["known_words"] == answer.known_words
            assert found["model_version"] == "3"
    assert expected[2].known_words == 0


@pytest.mark.parametrize(
    "body",
    [
        {"dataframe_records": [{"review": review} for review in REVIEWS]},
        {"dataframe_split": {"columns": ["title", "review"], "data": [[None, review] for review in REVIEWS]}},
        {"instances": [{"review": review, "title": ""} for review in REVIEWS]},
        {"inputs": {"review": REVIEWS}},
        {"inputs": [{"review": review} for review in REVIEWS]},
    ],
)
def test_mlflows_formats_are_answered_as_its_server_answers_them(service, expected, body):
    found = service.post("/invocations", body).json()["predictions"]
    assert [one["probability"] for one in found] == pytest.approx([one.probability for one in expected])


def test_the_projects_client_asks_it_as_it_asks_mlflows_server(service, expected):
    assert is_healthy(service.address)
    found = ask(service.address, REVIEWS, ["", "", ""], words=3)
    assert [one.probability for one in found] == pytest.approx([one.probability for one in expected])
    assert found[0].words


def test_words_are_named_where_they_are_asked_for(service):
    assert "words" not in service.get("/predict", review=REVIEWS[0]).json()
    assert len(service.get("/predict", review=REVIEWS[0], words=2).json()["words"]) == 2
    assert service.get("/predict", review=REVIEWS[0], words="many").json()["error"] == "wrong_words"


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        (b"", 400, "not_json"),
        (b'{"review": "soft"', 400, "not_json"),
        (b'{"review": "\xff"}', 400, "not_json"),
        (b'{"review": "\\ud800"}', 400, "not_json"),
        (b'{"other": [' * 17 + b'"' + b'\\"' * 400_000, 400, "too_deep"),
        (b'{"other": ' + b"[" * 50_000 + b"]" * 50_000 + b"}", 400, "too_deep"),
        ({"review": 4}, 422, "wrong_type"),
        ({"review": "soft", "reviews": ["soft"]}, 422, "wrong_type"),
        ({}, 422, "no_text"),
        ({"reviews": []}, 422, "no_text"),
        ({"review": " \n"}, 422, "no_text"),
        ({"reviews": ["soft", "x" * 100_001]}, 422, "too_long"),
        ({"reviews": ["soft"] * 1001}, 422, "too_many_reviews"),
        (b"[" + b" " * 2**22 + b"]", 413, "body_too_large"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_its_reason(service, body, status, error):
    answer = service.post("/predict", body)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert len(answer.content) < 2048


def test_a_refusal_names_the_row_and_repeats_nothing_of_the_review(service):
    secret = "my address is 5 Elm Street "
    answer = service.post("/predict", {"reviews": ["fine", secret * 5_000]})
    assert answer.json()["detail"] == "row 1: a text has over 100,000 characters"
    for body in ({"reviews": [{"review": {secret: secret}}]}, {"review": [secret]}, {secret: secret}):
        assert secret not in service.post("/predict", body).text


def test_other_content_paths_and_methods_are_refused(service):
    assert service.post("/predict", {"review": "soft"}, **{"content-type": "text/csv"}).status_code == 415
    assert service.get("/nowhere").json()["error"] == "unknown_path"
    answer = requests.delete(f"{service.address}/predict", timeout=PATIENCE)
    assert (answer.status_code, answer.json()["error"]) == (405, "wrong_method")


def test_mlflows_clients_get_a_400_with_a_message(service):
    answer = service.post("/invocations", {"dataframe_records": [{"review": ""}]})
    assert answer.status_code == 400
    assert answer.json()["message"] == "row 0: the review has no text"


def test_what_customers_said_is_kept_with_the_prediction(service):
    identity = service.post("/predict", {"review": REVIEWS[1], "title": "Hm"}).json()["id"]
    assert service.post("/feedback", {"id": identity, "recommended": False}).status_code == 202
    assert service.post("/feedback", {"id": "\u00e9", "recommended": False}).json()["error"] == "wrong_id"
    wait_until(lambda: len(read_log(service.log).feedback) == 1)
    log = read_log(service.log)
    (kept,) = log.predictions
    assert (kept.id, kept.version, kept.review, kept.title) == (identity, "3", REVIEWS[1], "Hm")
    assert kept.has_title
    assert kept.digest == service.get("/model").json()["digest"]
    assert log.feedback[0].id == identity


def test_texts_are_not_kept_where_that_was_said(start):
    service = start("--no-log-text")
    service.get("/predict", review="a secret", title="another")
    service.end()
    (segment,) = service.log.glob("*.jsonl")
    assert "secret" not in segment.read_text()
    (kept,) = read_log(service.log).predictions
    assert (kept.review, kept.title, kept.characters, kept.has_title) == (None, None, 8, True)


def test_the_token_is_asked_for_and_never_shown(start, tmp_path):
    (tmp_path / "token").write_text(TOKEN + "\n")
    service = start("--token-file", str(tmp_path / "token"))
    assert service.get("/health/live").status_code == 200
    for given in ("", f"Bearer {TOKEN}x", f"Basic {TOKEN}", TOKEN, "Bearer \u00e9"):
        headers = {"authorization": given.encode("latin-1")}
        answer = requests.get(f"{service.address}/model", headers=headers, timeout=PATIENCE)
        assert (answer.status_code, answer.json()["error"]) == (401, "unauthorized")
    with_token = {"authorization": f"bearer {TOKEN}"}
    assert requests.get(f"{service.address}/model", headers=with_token, timeout=PATIENCE).status_code == 200
    shown = [
        requests.get(service.address + path, headers=with_token, timeout=PATIENCE).text
        for path in ("/metrics", "/docs")
    ]
    assert not any(TOKEN in text for text in shown)
    assert TOKEN not in " ".join(psutil.Process(service.process.pid).cmdline())


def test_headers_tell_browsers_to_be_careful_and_no_origin_is_let_in(service):
    answer = requests.get(f"{service.address}/docs", headers={"origin": "https://elsewhere.example"}, timeout=PATIENCE)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "access-control-allow-origin" not in answer.headers
    assert "server" not in answer.headers
    assert "<script" not in answer.text


def test_the_model_says_when_it_was_trained_and_whether_it_reads_titles(service, model):
    about = service.get("/model").json()
    assert about["trained_at"] == "2026-01-31T11:59:58.5Z"
    assert about["reads_titles"] is reads_titles(model)
    assert about["metrics"] == {"mcc": 0.6}


def test_limits_are_settings_of_which_an_option_goes_before_the_variable(start):
    service = start("--limit", "reviews=2", "--limit", "characters=30", SENTIMENT_LIMITS="reviews=1 body_bytes=200")
    assert service.post("/predict", {"reviews": ["soft", "warm"]}).status_code == 200
    for body, status, error in (
        ({"reviews": ["soft", "warm", "red"]}, 422, "too_many_reviews"),
        ({"review": "x" * 31}, 422, "too_long"),
        ({"review": "x" * 300}, 413, "body_too_large"),
    ):
        refused = service.post("/predict", body)
        assert (refused.status_code, refused.json()["error"]) == (status, error)


def test_metrics_count_requests_verdicts_and_refusals(service):
    service.post("/predict", {"reviews": REVIEWS})
    service.post("/predict", {})
    service.post("/feedback", {"id": "nobody's", "recommended": True})
    text = service.get("/metrics").text
    assert 'sentiment_requests_total{route="/predict",status="200"} 1.0' in text
    assert 'sentiment_requests_total{route="/predict",status="422"} 1.0' in text
    assert 'sentiment_rejected_total{reason="no_text",route="/predict",status="422"} 1.0' in text
    found = requests_of(text)
    assert (found.number, found.refused, found.reasons) == (2, 1, {"no_text": 1})  # of the routes that take reviews
    assert "sentiment_review_characters_count 3.0" in text
    assert "sentiment_reviews_without_known_words_total 1.0" in text


def test_the_description_has_every_route_and_its_examples_are_answered(service):
    described = service.get("/openapi.json").json()
    assert {"/predict", "/feedback", "/invocations", "/health/ready", "/model", "/metrics"} <= set(described["paths"])
    for path, methods in described["paths"].items():
        for content in methods.get("post", {}).get("requestBody", {}).get("content", {}).values():
            for example in content["examples"].values():
                assert service.post(path, example["value"]).ok, path
    page = service.get("/docs").text
    for path in described["paths"]:
        assert path in page


def test_bodies_that_never_come_do_not_hold_others_up(service):
    address = urlsplit(service.address)
    with ExitStack() as connections:
        for _ in range(100):  # more than may be in flight
            slow = connections.enter_context(socket.create_connection((address.hostname, address.port), PATIENCE))
            slow.sendall(b"POST /predict HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{")
        assert service.get("/predict", review="soft").ok


def test_a_body_without_a_length_is_refused_where_it_gets_too_large(service):
    def parts():
        for _ in range(6):
            yield b"x" * 2**20

    answer = requests.post(
        f"{service.address}/predict", data=parts(), headers={"content-type": "application/json"}, timeout=PATIENCE
    )
    assert (answer.status_code, json.loads(answer.content)["error"]) == (413, "body_too_large")
