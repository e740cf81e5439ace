"""What one client may make the service hold or believe: over it, the request is refused and others notice nothing."""

from __future__ import annotations

import gzip
import json
import socket
import time

import psutil
import pytest
import requests

from sentiment.service.application.protocol import OVERRIDES
from tests.another_release import released
from tests.service.attacks import CHUNKED, HOST, MB, connected, endless, posted, send, unread
from tests.service.conftest import PATIENCE, start_guarded, starting, wait_until
from tests.service.test_serving import serve

TOKEN = "0123456789abcdef0123"
GET = b"GET /health HTTP/1.1\r\n" + HOST
LIVE = b"GET /health/live HTTP/1.1\r\n" + HOST + b"\r\n"
BEARER = b"Authorization: Bearer " + TOKEN.encode() + b"\r\n"
JSON = b"Content-Type: application/json\r\n"


@pytest.fixture(scope="module")
def start_here(downloaded, tmp_path_factory):
    with starting(downloaded, tmp_path_factory.mktemp("services")) as start_one:
        yield start_one


@pytest.fixture(scope="module")
def service(start_here):
    """On loopback, without a token."""
    return start_here()


@pytest.fixture(scope="module")
def guarded(start_here):
    """As others reach it: with a token."""
    return start_guarded(start_here, TOKEN)


def said(service, sent, *, then_closes=False):
    """Send bytes, and give all that is answered until the connection is closed or nothing comes for a while."""
    with connected(service.address) as connection:
        connection.sendall(sent)
        if then_closes:
            connection.shutdown(socket.SHUT_WR)
        connection.settimeout(2)
        parts = []
        try:
            while part := connection.recv(2**16):
                parts.append(part)
            parts.append(b"<closed>")
        except TimeoutError:
            pass
        except ConnectionResetError:
            parts.append(b"<closed>")
        return b"".join(parts)


def status(answer):
    return int(answer.split()[1])


def json_of(answer):
    return json.loads(answer.partition(b"\r\n\r\n")[2].removesuffix(b"<closed>"))


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (GET + b"X-Long: " + b"x" * (2**16 - len(GET) - 14) + b"\r\n\r\n", 200),
        (GET + b"X-Long: " + b"x" * 2**16 + b"\r\n\r\n", 431),
        (GET + b"x" * 2**16 + b": 1\r\n\r\n", 431),
        (GET + b"X-Long: " + b"x" * (2**16 + 2**12), 431),
        (GET + b"a: b\r\n" * 99 + b"\r\n", 200),
        (GET + b"a: b\r\n" * 100 + b"\r\n", 431),
        (GET + b"a: b\r\n" * 200, 431),
        (b"GET /?" + b"x" * (2**14 - 2) + b" HTTP/1.1\r\n" + HOST + b"\r\n", 404),
        (b"GET /?" + b"x" * (2**14 - 1) + b" HTTP/1.1\r\n" + HOST + b"\r\n", 414),
        (b"GET /?" + b"x" * 2**15, 414),
        (b"GET /health HTTP/1.1 and more\r\n\r\n", 400),
    ],
)
def test_a_head_has_a_limit_of_bytes_and_lines_and_a_url_one_of_its_own(service, head, expected):
    answer = said(service, head)
    assert status(answer) == expected
    assert answer.endswith(b"<closed>") == (expected not in (200, 404))
    if expected in (414, 431):
        assert json_of(answer).keys() == {"error", "detail", "id"}


@pytest.mark.parametrize("last", [b"", b"nonsense\r\n\r\n"])
def test_another_protocol_is_not_spoken_and_a_wish_to_close_is_heeded(service, last):
    for header in (b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n", b"Connection: close\r\n"):
        answer = said(service, GET + header + b"\r\n" + last)
        assert answer.count(b"HTTP/1.1 ") == answer.count(b"HTTP/1.1 200") == 1
        assert answer.endswith(b"<closed>")


@pytest.mark.parametrize(
    ("start", "part"),
    [
        (CHUNKED, b"0"),
        (CHUNKED + b"1;", b"x"),
        (CHUNKED, b"1;" + b"x" * 1_000 + b"\r\n \r\n"),
        (CHUNKED + b"1\r\n \r\n0\r\n", b"a:b\r\n"),
        (CHUNKED + b"1\r\n \r\n0\r\nX-Long: ", b"x"),
        (b"", b"\r\n"),
        (b"", b"G"),
        (GET + b"Content-Length: 99999999\r\n\r\n", b"x"),
    ],
)
def test_what_never_ends_is_ended(service, start, part):
    assert send(service.address, endless(start, part, 100 * MB), PATIENCE) < 16 * MB
    assert service.get("/health").ok


def test_requests_that_come_at_once_are_answered_in_their_order(service):
    paths = [b"/health/live", b"/model", b"/nothing"] * 5
    answer = said(service, b"".join(b"GET " + path + b" HTTP/1.1\r\n" + HOST + b"\r\n" for path in paths))
    assert [int(part.split()[0]) for part in answer.split(b"HTTP/1.1 ")[1:]] == [200, 200, 404] * 5
    assert not answer.endswith(b"<closed>")


def test_few_requests_wait_on_a_connection_and_all_of_these_are_answered_before_it_is_closed(service):
    answer = said(service, LIVE * 1_000)
    codes = [int(part.split()[0]) for part in answer.split(b"HTTP/1.1 ")[1:]]
    assert codes == [200] * 17 + [503]
    assert answer.endswith(b"<closed>")


def test_a_client_that_takes_no_answers_is_closed_after_a_time(start_here):
    service = start_here("--limit", "seconds=1")
    process = psutil.Process(service.process.pid)

    def is_held(connection):
        port = connection.getsockname()[1]
        return any(one.raddr and one.raddr.port == port for one in process.net_connections("tcp4"))

    with connected(service.address) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**12)
        for _ in range(2_000):  # more than the system itself keeps on the way
            connection.sendall(b"GET /openapi.json HTTP/1.1\r\n" + HOST + b"\r\n")
            if not is_held(connection):
                break
        wait_until(lambda: not is_held(connection))
    assert service.get("/health").ok


@pytest.mark.parametrize(
    ("request_line", "headers", "expected"),
    [
        (b"POST /health/live", BEARER, 405),
        (b"PUT /predict", BEARER, 405),
        (b"GET /health/live", b"", 200),
        (b"POST /nothing", BEARER, 404),
        (b"POST /predict", b"", 401),
    ],
)
def test_no_body_is_waited_for_where_method_path_and_token_say_enough(guarded, request_line, headers, expected):
    sent = request_line + b" HTTP/1.1\r\n" + HOST + JSON + headers + b"Content-Length: 4000000\r\n\r\n" + b" " * 100_000
    began = time.monotonic()
    assert status(said(guarded, sent)) == expected
    assert time.monotonic() - began < 10


def test_the_rest_of_such_a_body_is_dropped_and_the_next_request_answered(guarded):
    posted_whole = posted(b"/health/live", 300_000) + b" "
    answer = said(guarded, posted_whole + LIVE)
    assert [int(part.split()[0]) for part in answer.split(b"HTTP/1.1 ")[1:]] == [405, 200]


def test_all_bodies_together_have_a_limit(start_here):
    service = start_here("--limit", "held_bytes=1000000")
    with connected(service.address) as first:
        first.sendall(posted(b"/predict", 900_000))
        wait_until(lambda: service.post("/predict", b'{"review": "soft"}' + b" " * 200_000).status_code == 503)
        assert service.post("/predict", {"review": "soft"}).ok
        first.sendall(b" ")
        assert first.recv(2**16).startswith(b"HTTP/1.1 400")
    assert service.post("/predict", b'{"review": "soft"}' + b" " * 200_000).ok


def test_trailers_are_no_headers(guarded):
    chunked = CHUNKED + b'12\r\n{"review": "soft"}\r\n0\r\n' + BEARER + b"\r\n"
    assert status(said(guarded, chunked)) == 401


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"host": "evil.example"}, 421),
        ({"host": "evil.example:8000"}, 421),
        ({"host": "localhost.evil.example"}, 421),
        ({"host": "127.0.0.1@evil.example"}, 421),
        ({"host": "LOCALHOST:1"}, 200),
        ({"host": "[::1]:8000"}, 200),
        ({"host": "192.0.2.7"}, 200),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://127.0.0.1.evil.example"}, 403),
        ({"origin": "http://192.0.2.7"}, 403),
        ({"origin": "http://localhost:3000"}, 200),
        ({"host": "192.0.2.7:8000", "origin": "http://192.0.2.7:8000"}, 200),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-origin"}, 200),
    ],
)
def test_without_a_token_no_foreign_page_reaches_the_service(service, headers, expected):
    for answer in (
        service.post("/predict", {"review": "soft"}, **headers),
        requests.get(service.address + "/predict?review=soft", headers=headers, timeout=PATIENCE),
        requests.get(service.address + "/health/live", headers=headers, timeout=PATIENCE),
    ):
        assert answer.status_code == expected
    feedback = service.post("/feedback", {"id": "x", "recommended": True}, **headers)
    assert feedback.status_code == (202 if expected == 200 else expected)


def test_hosts_that_are_named_are_answered_and_no_others(start_here):
    named = start_here("--allow-host", "Reviews.example", SENTIMENT_HOSTS="other.example")
    for headers, expected in (
        ({"host": "reviews.example:443", "origin": "https://reviews.example"}, 200),
        ({"host": "localhost", "origin": "https://other.example", "sec-fetch-site": "cross-site"}, 200),
        ({"host": "evil.example"}, 421),
        ({"host": "other.example", "origin": "https://evil.example"}, 403),
    ):
        assert named.post("/predict", {"review": "soft"}, **headers).status_code == expected


@pytest.mark.parametrize("name", ["https://shop.example", "shop.example:443", "", "a b"])
def test_what_is_no_host_name_is_refused_before_anything_is_loaded(downloaded, name):
    refused = serve("--model", downloaded, "--allow-host", name)
    assert refused.returncode == 2
    assert "is not a host name; a name such as reviews.example.org expected" in refused.stderr


def test_with_a_token_or_for_all_hosts_every_name_is_answered(guarded, start_here):
    asked = {"host": "shop.example", "authorization": f"Bearer {TOKEN}", "origin": "https://elsewhere.example"}
    assert guarded.post("/predict", {"review": "soft"}, **asked).ok
    for_all = start_here("--allow-host", "*")
    assert for_all.post("/predict", {"review": "soft"}, host="shop.example").ok
    assert for_all.post("/predict", {"review": "soft"}, origin="https://evil.example").status_code == 403


@pytest.mark.parametrize("path", ["/predict/", "/docs/", "/health/"])
def test_no_path_leads_to_where_the_host_header_says(service, path):
    answer = requests.get(service.address + path, allow_redirects=False, timeout=PATIENCE)
    assert (answer.status_code, answer.json()["error"]) == (404, "unknown_path")


@pytest.mark.parametrize("second", [BEARER, b"Authorization: Bearer another-token-of-somebody\r\n"])
def test_of_two_authorizations_neither_counts(guarded, second):
    answer = said(guarded, b"GET /model HTTP/1.1\r\n" + HOST + BEARER + second + b"\r\n")
    assert status(answer) == 400
    assert b"repeated_header" in answer
    assert status(said(guarded, b"GET /model HTTP/1.1\r\n" + HOST + BEARER + b"\r\n")) == 200


def test_two_hosts_are_refused(service):
    assert status(said(service, b"GET /model HTTP/1.1\r\n" + HOST + HOST + b"\r\n")) == 400


@pytest.mark.parametrize("path", ["/predict", "/invocations", "/feedback"])
def test_a_compressed_body_is_refused_with_the_name_of_its_encoding(service, path):
    body = gzip.compress(b'{"review": "soft"}')
    for headers in ({"content-encoding": "gzip"}, {}):
        answer = service.post(path, body, **headers)
        assert (answer.status_code, "gzip" in answer.text) == (415, True)
    assert service.post(path, b"x", **{"content-encoding": "br"}).status_code == 415


def test_a_byte_order_mark_is_not_part_of_a_body(service):
    assert service.post("/predict", b'\xef\xbb\xbf{"review": "soft"}').ok


@pytest.mark.parametrize("query", ["review=caf%E9", "review=soft&title=caf%E9", "review=soft&words=%FF", "review=%C3"])
def test_a_query_that_is_not_utf8_is_refused(service, query):
    answer = requests.get(f"{service.address}/predict?{query}", timeout=PATIENCE)
    assert (answer.status_code, answer.json()["error"]) == (400, "not_utf8")
    assert requests.get(f"{service.address}/predict?review=caf%C3%A9", timeout=PATIENCE).ok


def test_a_parameter_is_given_once(service):
    answer = requests.get(f"{service.address}/predict?review=soft&review=hard", timeout=PATIENCE)
    assert (answer.status_code, answer.json()["error"]) == (400, "repeated_parameter")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/predict", b'{"review": "soft", "review": "hard"}'),
        ("/predict", b'{"review": "soft", "revi\\u0065w": "hard"}'),
        ("/predict", b'{"reviews": [{"review": "a"}, {"review": "b", "title": "", "title": "c"}]}'),
        ("/predict", b'{"review": "soft", "other": {"a": 1, "a": 2}}'),
        ("/feedback", b'{"id": "x", "recommended": true, "recommended": false}'),
        ("/invocations", b'{"inputs": ["soft"], "inputs": ["hard"]}'),
    ],
)
def test_a_key_that_is_twice_in_one_object_is_refused(service, path, body):
    answer = service.post(path, body)
    assert (answer.status_code, answer.json().get("error")) == (400, "repeated_key")


def test_the_same_key_in_several_objects_is_not(service):
    assert service.post("/predict", {"reviews": [{"review": "review"}, {"review": 'soft "title"'}]}).ok


def test_who_sends_nothing_more_gets_its_answer(service):
    body = json.dumps({"reviews": ["It is soft and warm."] * 1_000}).encode()
    head = b"POST /predict HTTP/1.1\r\n" + HOST + JSON + b"Content-Length: %d\r\n\r\n"
    for _ in range(5):
        answer = said(service, head % len(body) + body, then_closes=True)
        assert status(answer) == 200
        assert len(json_of(answer)["predictions"]) == 1_000


def bounded_parts():
    """One part of a class and one of its objects; the others only in a slow run."""
    quick = ("HttpToolsProtocol.on_body", "HttpToolsProtocol.pipeline")
    for part in OVERRIDES:
        marks = [] if part.attribute in quick else [pytest.mark.slow]
        yield pytest.param(part, marks=marks, id=part.attribute)


@pytest.mark.parametrize("part", list(bounded_parts()))
def test_with_another_uvicorn_the_slower_implementation_keeps_the_limit_of_a_head(start_here, part):
    service = start_here(python=released("removed", part))
    assert service.post("/predict", {"review": "soft"}).ok
    assert send(service.address, endless(GET + b"X-Long: ", b"x", 100 * MB), PATIENCE) < 16 * MB
    assert send(service.address, endless(*unread(b"/health"), 100 * MB), 3) < 16 * MB
    assert service.end() == 0
    assert f"Not used: {part.name}: it is missing" in service.process.stderr.read()
