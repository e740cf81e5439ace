"""What the service counts, in Prometheus's format."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from sentiment.service.answers import Answer
from sentiment.service.predictions.writing import Writing
from sentiment.service.standing import STATES, read_standing

_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_SHARES = tuple(step / 10 for step in range(1, 11))
_CHARACTERS = (25, 50, 100, 200, 300, 400, 500, 1_000, 5_000, 100_000)
_PREFIX = "sentiment"


class Metrics:
    """Counters of one application.

    Args:
        log: The prediction log, whose own counts are shown beside.
        standing: The file with what monitoring last said; None where nobody watches.
    """

    def __init__(self, log: Writing, standing: Path | None = None) -> None:
        self._registry = CollectorRegistry()
        if standing is not None:
            self._registry.register(_Standing(standing))
        self.requests = self._counter("requests", "Requests, by route and status.", "route", "status")
        self._latency = self._histogram("latency_seconds", "From arrival to answer, by route.", _SECONDS, "route")
        self._verdicts = self._counter("verdicts", "Reviews answered, by verdict.", "recommended")
        self._probability = self._histogram("probability", "Probability of a recommendation.", _SHARES)
        self._characters = self._histogram("review_characters", "Length of the reviews.", _CHARACTERS)
        self._unknown = self._counter("reviews_without_known_words", "Reviews of which the model knows no word.")
        self._rejected = self._counter(
            "rejected", "Requests that were refused, by route, status and reason.", "route", "status", "reason"
        )
        began = datetime.now(UTC).timestamp()
        self._gauge("start_time_seconds", "When counting began, in Unix time.", lambda: began)
        self._gauge("predictions_lost", "Records that the prediction log could not keep.", lambda: log.lost)
        self._gauge("predictions_waiting", "Records that are not written yet.", lambda: log.waiting)
        self._gauge("predictions_failing", "1 while the prediction log cannot be written.", lambda: log.failing)
        # Looking a label up costs more than counting.
        self._asked = cache(self.requests.labels)
        self._took = cache(self._latency.labels)
        self._said = {verdict: self._verdicts.labels(str(verdict).lower()) for verdict in (True, False)}

    def request(self, route: str, status: int, seconds: float) -> None:
        """Count a request that was answered."""
        self._asked(route, status).inc()
        self._took(route).observe(seconds)

    def rejected(self, route: str, status: int, reason: str) -> None:
        """Count a request that was refused."""
        self._rejected.labels(route, status, reason).inc()

    def answers(self, answers: Sequence[Answer], reviews: Sequence[str]) -> None:
        """Count reviews that were answered."""
        for answer, review in zip(answers, reviews, strict=True):
            self._said[answer.recommended].inc()
            self._probability.observe(answer.probability)
            self._characters.observe(len(review))
            if not answer.known_words:
                self._unknown.inc()

    def text(self) -> bytes:
        """Write everything down."""
        return generate_latest(self._registry)

    def _counter(self, name: str, what: str, *labels: str) -> Counter:
        return Counter(f"{_PREFIX}_{name}", what, labels, registry=self._registry)

    def _histogram(self, name: str, what: str, buckets: Sequence[float], *labels: str) -> Histogram:
        return Histogram(f"{_PREFIX}_{name}", what, labels, registry=self._registry, buckets=buckets)

    def _gauge(self, name: str, what: str, value: Callable[[], float]) -> None:
        Gauge(f"{_PREFIX}_{name}", what, registry=self._registry).set_function(value)


class _Standing(Collector):
    """Reads what monitoring last said whenever somebody asks: it is written by another process."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Give the state, which is unknown until a window was judged, and then the age of that window."""
        found = read_standing(self._path)
        state = GaugeMetricFamily(
            f"{_PREFIX}_monitoring_state", "1 for the state of the newest window.", labels=["state"]
        )
        for name in STATES:
            state.add_metric([name], float(name == (found.state if found else "unknown")))
        yield state
        if found is not None:
            age = (datetime.now(UTC) - found.judged).total_seconds()
            yield GaugeMetricFamily(
                f"{_PREFIX}_monitoring_window_age_seconds", "Since the newest window was judged.", value=age
            )
