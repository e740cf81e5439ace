"""Thousands of bodies that nobody thought of: each gets an answer or a refusal that says why, and none does harm."""

from __future__ import annotations

import json

import pytest
import requests
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.service.conftest import PATIENCE

BODIES = 5_000
KEYS = st.sampled_from(
    "review title reviews words id recommended inputs dataframe_split dataframe_records columns data index".split()
)
ROUTES = st.sampled_from(["/predict", "/predict?words=3", "/predict?words=%00", "/feedback", "/invocations"])
PLAIN = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=200),
    st.sampled_from(["soft", "Review Text", "Title", "", " ", "\x1f", "\ud800", "<b>[red]", "1e999"]),
)
VALUES = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS | st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
NEAR = st.one_of(
    st.fixed_dictionaries({"review": st.text(min_size=1)}, optional={"title": st.text()}),
    st.fixed_dictionaries({"review": PLAIN}, optional={"title": PLAIN}),
    st.fixed_dictionaries({"reviews": st.lists(st.fixed_dictionaries({"review": PLAIN}), max_size=5)}),
    st.fixed_dictionaries({"id": PLAIN, "recommended": PLAIN}),
    st.fixed_dictionaries({"inputs": VALUES}),
    VALUES,
)


@st.composite
def bodies(draw):
    """JSON of some sense, cut off or with a byte changed now and then, and bytes of none."""
    if draw(st.integers(0, 9)) == 0:
        return draw(st.binary(max_size=300))
    whole = json.dumps(draw(NEAR)).encode()
    if draw(st.integers(0, 4)):
        return whole
    at = draw(st.integers(0, len(whole)))
    return whole[:at] + draw(st.binary(max_size=2)) + whole[at + draw(st.integers(0, 3)) :]


@pytest.fixture
def service(start):
    return start("--no-log-text")


def test_whatever_is_sent_is_answered_or_refused_and_the_service_goes_on(service):
    session = requests.Session()
    good = {"review": "so soft and warm"}
    before = service.post("/predict", good).json()["probability"]
    found: dict[int, int] = {}

    @settings(
        max_examples=BODIES,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(route=ROUTES, body=bodies(), kind=st.sampled_from(["application/json"] * 8 + ["text/plain", ""]))
    def send(route, body, kind):
        answer = session.post(service.address + route, data=body, headers={"content-type": kind}, timeout=PATIENCE)
        found[answer.status_code] = found.get(answer.status_code, 0) + 1
        assert answer.status_code < 500, (route, body, answer.text)
        answer.json()

    send()
    assert sum(found.values()) >= BODIES * 0.9
    assert found[200] > 50 and found[422] > 50, found
    assert service.post("/predict", good).json()["probability"] == before
    assert service.process.poll() is None
