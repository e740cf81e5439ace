"""What has a fixed limit: errors, refusals and latency of requests."""

from __future__ import annotations

import pytest

from sentiment.errors import ConfigError
from sentiment.monitoring.limits import Limits, Reading, Requests, over, reading_after, requests_of
from tests.monitoring.test_judging import config

COUNTED = """
# TYPE sentiment_requests counter
sentiment_requests_total{route="/predict",status="200"} 80.0
sentiment_requests_total{route="/predict",status="422"} 10.0
sentiment_requests_total{route="/predict",status="503"} 4.0
sentiment_requests_total{route="/invocations",status="500"} 6.0
sentiment_requests_total{route="/metrics",status="200"} 900.0
# TYPE sentiment_rejected counter
sentiment_rejected_total{reason="no_text",route="/predict",status="422"} 10.0
sentiment_rejected_total{reason="busy",route="/predict",status="503"} 4.0
sentiment_rejected_total{reason="busy",route="/metrics",status="503"} 30.0
sentiment_rejected_total{reason="unknown_path",route="other",status="404"} 50.0
sentiment_rejected_total{reason="server",route="/invocations",status="500"} 6.0
# TYPE sentiment_start_time_seconds gauge
sentiment_start_time_seconds 1700000000.5
"""
LIMITS = Limits(server_errors=0.06, refused=0.14, p99_milliseconds=100.0, fewest_requests=50)


def test_only_requests_with_reviews_count_and_busy_is_a_refusal():
    found = requests_of(COUNTED)
    assert found == Requests(number=100, errors=6, refused=14, reasons={"no_text": 10, "busy": 4}, began=1700000000.5)
    assert requests_of('sentiment_requests_total{route="/metrics",status="200"} 9.0\n') is None


def test_the_reasons_add_up_to_the_refused_requests():
    found = requests_of(COUNTED)
    assert sum(found.reasons.values()) == found.refused


def test_a_service_of_an_earlier_version_that_counts_no_routes_gives_no_reasons():
    earlier = COUNTED.replace(',route="/predict",status="422"', "").partition("# TYPE sentiment_rejected")
    text = f'{earlier[0]}{earlier[1]} counter\nsentiment_rejected_total{{reason="no_text"}} 10.0\n'
    found = requests_of(text.replace('route="/predict",status="200"', 'route="/predict",status="422"'))
    assert found.reasons == {}
    (breach,) = over(found, [], LIMITS)
    assert breach.sentence.startswith("requests: ")
    assert " were refused; at most " in breach.sentence


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


def counted(number, refused=0, *, errors=0, began=1.0):
    return Requests(number=number, errors=errors, refused=refused, reasons={"no_text": refused}, began=began)


def test_the_next_window_is_judged_by_the_requests_since_the_last_one():
    first = reading_after(None, counted(200, 100), 50)
    assert first.since == counted(200, 100)
    second = reading_after(first, counted(300, 101), 50)
    assert second.since == counted(100, 1)
    assert over(second.since, [], LIMITS) == []
    assert not second.restarted
    third = reading_after(second, counted(400, 181), 50)
    assert [breach.name for breach in over(third.since, [], LIMITS)] == ["refused"]


def test_with_nobody_asking_since_the_same_requests_are_judged_again():
    first = reading_after(None, counted(100), 50)
    second = reading_after(first, counted(200, 100), 50)
    assert reading_after(second, counted(200, 100), 50) == second


def test_few_requests_are_no_share_and_count_with_the_next_ones():
    first = reading_after(None, counted(100), 50)
    few = reading_after(first, counted(149, 49), 50)
    assert over(few.since, [], LIMITS) == []
    enough = reading_after(few, counted(150, 50), 50)
    assert enough.since == counted(50, 50)
    assert [breach.name for breach in over(enough.since, [], LIMITS)] == ["refused"]


@pytest.mark.parametrize(
    "anew",
    [
        counted(500, 120, began=2.0),  # it says so, though it counted more than before
        counted(80, 1),
        counted(300, 1),
        counted(300, 200, errors=0),
        counted(300, 200).model_copy(update={"reasons": {"busy": 200}}),
    ],
)
def test_after_a_restart_the_requests_since_then_count(anew):
    before = counted(200, 100, errors=3)
    found = reading_after(reading_after(None, before, 50), anew, 50)
    assert found == Reading(counted=anew, before=before)
    assert found.restarted
    assert found.since == anew


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
