"""What has a fixed limit: errors, refusals and latency of requests."""

from __future__ import annotations

import pytest

from sentiment.errors import ConfigError
from sentiment.monitoring.limits import Limits, Requests, over, requests_of
from tests.monitoring.test_judging import config

COUNTED = """
# TYPE sentiment_requests counter
sentiment_requests_total{route="/predict",status="200"} 80.0
sentiment_requests_total{route="/predict",status="422"} 10.0
sentiment_requests_total{route="/predict",status="503"} 4.0
sentiment_requests_total{route="/invocations",status="500"} 6.0
sentiment_requests_total{route="/metrics",status="200"} 900.0
# TYPE sentiment_rejected counter
sentiment_rejected_total{reason="no_text"} 10.0
sentiment_rejected_total{reason="busy"} 4.0
"""
LIMITS = Limits(server_errors=0.06, refused=0.14, p99_milliseconds=100.0)


def test_only_requests_with_reviews_count_and_busy_is_a_refusal():
    found = requests_of(COUNTED)
    assert found == Requests(number=100, errors=6, refused=14, reasons={"no_text": 10, "busy": 4})
    assert requests_of('sentiment_requests_total{route="/metrics",status="200"} 9.0\n') is None


def test_what_reaches_a_limit_keeps_it_and_one_more_does_not():
    found = requests_of(COUNTED)
    assert over(found, [], LIMITS) == []
    assert over(None, [], LIMITS) == []
    more = found.model_copy(update={"errors": 7, "refused": 15})
    names = {breach.name: breach.sentence for breach in over(more, [], LIMITS)}
    assert names == {
        "server errors": "requests: 7 of 100 were answered with an error of the service; at most 6.0% expected",
        "refused": "requests: 15 of 100 were refused (no_text 10, busy 4); at most 14.0% expected",
    }


def test_latency_is_that_of_99_in_100():
    assert over(None, [1.0] * 199 + [1e6], LIMITS) == []
    slow = over(None, [1.0] * 190 + [250.0] * 10, LIMITS)
    assert [(breach.name, breach.sentence) for breach in slow] == [
        ("latency", "requests: 99 of 100 took up to 250 ms; at most 100 expected")
    ]


@pytest.mark.parametrize("limits", [{}, {"refused": 2.0}, {"server_errors": 0.1, "refused": 0.1, "p99": 1.0}])
def test_limits_are_checked_strictly(limits):
    with pytest.raises(ConfigError, match="limits"):
        config(limits=limits)
